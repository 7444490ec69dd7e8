// Icons of the overlays, as SVG elements in the colour of the text around them. They are drawn
// here because fonts show symbols and emoji differently on every machine.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  heart:
    "M12 21.2 10.6 20C5.4 15.3 2 12.2 2 8.4 2 5.3 4.4 3 7.5 3c1.7 0 3.4.8 4.5 2.1C13.1 3.8 14.8 3 " +
    "16.5 3 19.6 3 22 5.3 22 8.4c0 3.8-3.4 6.9-8.6 11.6z",
  person:
    "M12 12.2a4.6 4.6 0 1 0 0-9.2 4.6 4.6 0 0 0 0 9.2zM3 21.4c0-4.6 4-7.4 9-7.4s9 2.8 9 7.4z",
  eye:
    "M12 5c5 0 9 3.6 10.6 7-1.6 3.4-5.6 7-10.6 7S3 15.4 1.4 12C3 8.6 7 5 12 5zm0 2.6a4.4 4.4 0 " +
    "1 0 0 8.8 4.4 4.4 0 0 0 0-8.8zm0 2.2a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z",
  gift:
    "M3 8h18v4.5H3zm1.5 6H11v7.5H4.5zm8.5 0h6.5v7.5H13zM12 7.5C9.5 7.5 6.5 6.8 6.5 4.6c0-1.4 " +
    "1.1-2.4 2.4-2.4 1.6 0 2.6 1.6 3.1 3 .5-1.4 1.5-3 3.1-3 1.3 0 2.4 1 2.4 2.4 0 2.2-3 2.9-5.5 2.9z",
  gem:
    "M6.5 3h11L22 9 12 21.5 2 9zm1 2L5.1 8.3h3.7L10.6 5zm5.9 0 1.8 3.3h3.7L16.5 5zM12 5.7 10.5 " +
    "8.3h3z",
};

/**
 * Make an icon; it is for the eye only.
 * @param {keyof typeof PATHS} name
 * @param {string} className
 */
export function icon(name, className) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon ${className}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill", "currentColor");
  path.setAttribute("fill-rule", "evenodd");
  drawing.append(path);
  return drawing;
}
