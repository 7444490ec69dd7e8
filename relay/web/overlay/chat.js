// The overlay `chat`: what people write, with gifts and follows between the lines.

import { startOverlay } from "/web/lib/overlay.js";
import { kind, methods, options } from "/web/overlay/chat.options.js";
import { makeFilter } from "/web/overlay/chat.filter.js";
import { Lanes, MAX_WAIT_MS } from "/web/overlay/chat.lanes.js";
import { LineMaker } from "/web/overlay/chat.line.js";
import { List } from "/web/overlay/chat.list.js";

startOverlay({
  kind,
  options,
  methods,
  recent: (values) => (values.style === "list" ? values.recent : 0),
  // A list shows what was said meanwhile; what would have flown by has flown by.
  staleAfterMs: (values) => (values.style === "list" ? Infinity : MAX_WAIT_MS),
  setup(root, values) {
    const accepts = makeFilter(values);
    const maker = new LineMaker(values);
    const chat = document.createElement("div");
    const classes = ["chat", `chat-${values.style}`, `layout-${values.layout}`];
    classes.push(`align-${values.align}`, `newest-${values.newest}`);
    if (values.name_colors) classes.push("name-colors");
    if (values.edge && values.style === "list") classes.push("chat-edge");
    chat.className = classes.join(" ");
    root.append(chat);
    const screen = values.style === "list" ? new List(chat, maker, values) : new Lanes(chat, maker, values);
    return {
      event(frame) {
        if (accepts(frame)) screen.add(frame);
      },
    };
  },
});
