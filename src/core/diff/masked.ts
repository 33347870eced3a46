/**
 * Arguments of a foreign command line as they may be shown. A shell script hands out passwords there
 * (`-rpcpassword=...`), so only what is known from elsewhere is shown whole; of an option, its name.
 */
export function masked(args: readonly string[], known: Iterable<string>): readonly string[] {
  const plain = new Set(known);
  return args.map((arg) => {
    if (plain.has(arg)) return arg;
    const option = /^(--?[A-Za-z][\w.-]*)=/.exec(arg);
    if (option) return `${option[1]}=(set)`;
    // A value may stick to an option of one dash (`-pSECRET`), never to one of two.
    return /^--[a-z][\w-]*$/.test(arg) ? arg : "(another)";
  });
}
