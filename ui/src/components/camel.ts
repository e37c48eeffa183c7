/** Codes of the wire as keys of the catalogues, where an ending such as `_many` is a form of a plural. */
export const camel = (code: string): string => code.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
