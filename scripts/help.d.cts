export function errorsOf(type: string, folder: string): readonly string[];
export function helpOf(type: string, folder: string, language: string): string;
