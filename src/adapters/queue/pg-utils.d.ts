// node-postgres ships this file without types. The PGlite pool needs its exact way of writing parameters.
declare module "pg/lib/utils.js" {
  const utils: { prepareValue(value: unknown): string | Buffer | null };
  export = utils;
}
