// Makes the feed's rows: an event in a line, or what is missing.

import { t } from "/web/lib/i18n.js";
import { nameOf } from "/web/lib/people.js";
import { clock, make } from "/web/dashboard/elements.js";
import { describe, isRepetition, labelOf } from "/web/dashboard/kinds.js";
import { errorText, gapText } from "/web/lib/words.js";

/** Make the element of a feed's item. */
export function makeRow({ id, frame, kind }) {
  const row = make("div", "event");
  row.id = `event-${id}`;
  row.dataset.kind = kind;
  row.setAttribute("role", "option");
  const time = make("span", "event-time", clock(frame.time, "en-GB"));
  if (kind === "gap") {
    row.append(time, make("span", "event-what", missingText(frame)));
    return row;
  }
  row.classList.toggle("repetition", isRepetition(frame));
  row.append(time, make("span", "event-kind", labelOf(frame)));
  const user = frame.payload?.user;
  if (user) row.append(make("span", "event-who", nameOf(user)));
  row.append(make("span", "event-what", describe(frame)));
  if (frame.simulated) row.append(make("span", "event-test", t("simulated")));
  return row;
}

function missingText(frame) {
  if (frame.op === "error") return errorText(frame);
  const reason = gapText(frame.reason);
  if (frame.to === null) return t("gap_some", { reason });
  return t("gap", { n: frame.to - frame.from + 1, reason });
}
