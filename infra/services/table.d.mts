export declare const SERVICES: readonly { readonly name: string; readonly port: number; readonly main: string }[];
