// How long a channel counts a text: a fair copy of inbox/length.py for the eye; the server decides.
const SINGLE = [[0x0000, 0x10ff], [0x2000, 0x200d], [0x2010, 0x201f], [0x2032, 0x2037]];
const EMOJI = /[0-9#*]\ufe0f?\u20e3|\p{RI}{2}|\u{1f3f4}[\u{e0020}-\u{e007f}]+|\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?)*/gu;
const ADDRESS = /(?<![@\w$#/\-.])(?:https?:\/\/)?(?:[\p{L}\d](?:[\p{L}\d_-]*[\p{L}\d])?\.)+[A-Za-z]{2,}(?![@\p{L}\d])(?:\/[^\s]*)?/gu;
const LINK = /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}]/giu;
const FAR_NAME = /(?<![\p{L}\d_/@])(@[\p{L}\d_]+(?:[.\-]+[\p{L}\d_]+)*)@[\p{L}\d_\-]+(?:\.[\p{L}\d_\-]+)+/gu;

function countGraphemes(text) {
  return [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].length;
}

export function hasAddress(text) {
  ADDRESS.lastIndex = 0;
  return ADDRESS.test(text.normalize("NFC"));
}

export function measure(text, rule, addressWeight = 23) {
  if (rule === "graphemes") return Math.max(countGraphemes(text), Math.ceil(new TextEncoder().encode(text).length / 10));
  if (rule === "linked") return countGraphemes(text.replace(LINK, "x".repeat(addressWeight)).replace(FAR_NAME, "$1"));
  if (rule !== "weighted") return [...text].length;
  let total = 0;
  const rest = text.normalize("NFC").replace(ADDRESS, () => { total += addressWeight; return ""; })
    .replace(EMOJI, () => { total += 2; return ""; });
  for (const character of rest) {
    const point = character.codePointAt(0);
    total += SINGLE.some(([first, last]) => point >= first && point <= last) ? 1 : 2;
  }
  return total;
}
