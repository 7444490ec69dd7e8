// Short sounds for gift alerts, made by WebAudio: no files, nothing to load.

const LEAST_APART_S = 0.12;
const TIER_STEPS = [0, 0, 2, 4, 7]; // semitones that larger gifts are higher by

/** Of each sound its notes: [semitones above A4, begins after (s), lasts (s), how loud]. */
const NOTES = {
  chime: { wave: "sine", notes: [[3, 0, 0.9, 0.5], [7, 0.09, 0.9, 0.45], [10, 0.18, 1.2, 0.45]] },
  bell: { wave: "sine", notes: [[12, 0, 1.6, 0.5], [19, 0, 0.9, 0.2], [28, 0, 0.5, 0.1]] },
  coin: { wave: "square", notes: [[14, 0, 0.09, 0.18], [19, 0.08, 0.5, 0.18]] },
  pop: { wave: "sine", notes: [[-5, 0, 0.12, 0.8]] },
};
const ATTACK_S = 0.008;
const SILENT = 0.0001; // exponential ramps can't reach 0

export class Sounds {
  #context = null;
  #sound;
  #volume;
  #nextS = 0;

  /**
   * @param {"none"|"chime"|"bell"|"coin"|"pop"} sound
   * @param {number} volume 0 to 100
   */
  constructor(sound, volume) {
    this.#sound = NOTES[sound];
    this.#volume = volume / 100;
    if (!this.#sound || !this.#volume) return;
    this.#context = new AudioContext();
    // OBS lets pages make sounds; a browser only once somebody has clicked.
    if (this.#context.state === "suspended") {
      addEventListener("pointerdown", () => this.#context.resume(), { once: true });
    }
  }

  /** Sound once; alerts that come together sound as one. */
  play(tier) {
    const context = this.#context;
    if (!context || context.state !== "running" || context.currentTime < this.#nextS) return;
    this.#nextS = context.currentTime + LEAST_APART_S;
    for (const [semitones, after, lasts, loud] of this.#sound.notes) {
      const begins = context.currentTime + after;
      const note = context.createOscillator();
      const gain = context.createGain();
      note.type = this.#sound.wave;
      note.frequency.value = 440 * 2 ** ((semitones + TIER_STEPS[tier]) / 12);
      gain.gain.setValueAtTime(SILENT, begins);
      gain.gain.exponentialRampToValueAtTime(loud * this.#volume, begins + ATTACK_S);
      gain.gain.exponentialRampToValueAtTime(SILENT, begins + lasts);
      note.connect(gain).connect(context.destination);
      note.start(begins);
      note.stop(begins + lasts);
    }
  }
}
