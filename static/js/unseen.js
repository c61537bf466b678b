// Characters that nobody sees and that change what is read: they turn text around, join or hide it.
// The server's pages show them in the same way (incident/web/unseen.py).

// Overrides, embeddings, isolates and marks of direction; spaces without width; fillers; tags; controls
// but tab and line feed. Joiners (U+200C, U+200D) stay between letters of other scripts and in emoji.
const UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f" +
  "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]|(?<=[\\u0020-\\u007e])[\\u200c\\u200d]|[\\u200c\\u200d](?=[\\u0020-\\u007e])", "gu");

const name = (character) => `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** `text` with the names of what cannot be seen in it. */
export const visibly = (text) => String(text ?? "").replace(UNSEEN, name);
