/**
 * The anchor of a heading as GitHub makes it, so that one link works there and on the site.
 * @param {string} heading in Markdown or as text
 */
export const slugOf = (heading) =>
  heading
    .replaceAll(/\]\([^)]*\)/g, "]")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");
