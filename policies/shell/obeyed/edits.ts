/** What a script of `sed -i` puts into a file: the record of the file holds the script in place of a text. */

/** `sed -i` notes its arguments: the option, and the script. */
const isEdit = (text: string): boolean => /^(-[nErsuz]*i|--in-place)/mu.test(text.slice(0, 40));

/** The lines that the script puts in; undefined where the text is no script. */
export const editedLines = (text: string): string[] | undefined => (isEdit(text) ? edited(text) : undefined);

function edited(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (/^(-|$)/u.test(line)) return [];
    const put = /^(?:\S{0,200}?)s([^\w\s\\])(?:\\.|(?!\1).){0,2000}\1((?:\\.|(?!\1).){0,2000})\1/u.exec(line)?.[2];
    if (put !== undefined)
      return put === ""
        ? []
        : [
            put
              .replace(/\\\d|(?<!\\)&/gu, "")
              .replace(/^\\?#?/u, "")
              .replace(/\\(.)/gu, "$1"),
          ];
    if (/^(\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?I?!?[dpq]$/u.test(line)) return [];
    return [/^(?:\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?\s*[aic]\\?\s*(.*)$/u.exec(line)?.[1] ?? line];
  });
}
