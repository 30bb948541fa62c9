/** Who signs a commit of the sample: a person of the shop's team, or a loop. */
export type Author = { name: string; email: string; zone: string };

export const alice: Author = { name: "Alice Adler", email: "alice@example.com", zone: "+0100" };
export const bob: Author = { name: "Bob Okafor", email: "bob@example.com", zone: "+0100" };
export const carol: Author = { name: "Carol Lindqvist", email: "carol@example.com", zone: "+0200" };
export const dan: Author = { name: "Dan Moreau", email: "dan@example.com", zone: "+0100" };
export const erin: Author = { name: "Erin Castillo", email: "erin@example.com", zone: "+0000" };

/** The loop that keeps the shop tidy, and the hand that lands what loops were allowed to land. */
export const tidy: Author = { name: "tidy", email: "tidy@loops.example.com", zone: "+0000" };
export const loom: Author = { name: "LoomStack", email: "loom@loops.example.com", zone: "+0000" };
