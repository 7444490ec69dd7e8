// The loader file: a page for OBS to open from the disk, which waits until the relay is there and
// then goes to the overlay. Without it a browser source that is opened before the relay has
// started shows an error for good.

const RETRY_MS = 1_000;

/** Write text as a JavaScript string that is safe inside a script element. */
function quote(text) {
  return JSON.stringify(text).replace(/</g, "\\u003c");
}

/**
 * Give the HTML of a loader.
 * @param {string} address of the overlay, whole
 */
export function loaderFile(address) {
  const probe = new URL("/healthz", address).href;
  // An answer that the file may not read will do: it says that somebody is there.
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>Overlay loader</title>
<script>
"use strict";
const overlay = ${quote(address)};
const probe = ${quote(probe)};
async function goOrWait() {
  try {
    await fetch(probe, { mode: "no-cors", cache: "no-store" });
    location.replace(overlay);
  } catch {
    setTimeout(goOrWait, ${RETRY_MS});
  }
}
goOrWait();
</script>
</head>
<body></body>
</html>
`;
}

/** Have the browser save a file. */
export function saveFile(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
