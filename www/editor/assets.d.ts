// Style sheets are bundled as text.

declare module '*.css' {
  const text: string;
  export default text;
}

// Texts are files of their own; the import is their address.

declare module '*.txt' {
  const address: string;
  export default address;
}
