/** Who signs a commit of the sample: a person of the shop's team, or a loop. */
export type Author = { name: string; email: string; zone: string };

export const alice: Author = { name: "Alice Adler", email: "alice@example.com", zone: "+0100" };
export const bob: Author = { name: "Bob Okafor", email: "bob@example.com", zone: "+0100" };
export const carol: Author = { name: "Carol Lindqvist", email: "carol@example.com", zone: "+0200" };
export const dan: Author = { name: "Dan Moreau", email: "dan@example.com", zone: "+0100" };
export const erin: Author = { name: "Erin Castillo", email: "erin@example.com", zone: "+0000" };

/** The loop that keeps the shop tidy signs its commits and their landings as every loop does. */
export const tidy: Author = { name: "loom/tidy", email: "loom@example.com", zone: "+0000" };
