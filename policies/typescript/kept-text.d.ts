export function digestOf(text: string): string;
export function keptText(place: { readonly folder: string; readonly name: string; readonly key: string }, make: () => string): string;
