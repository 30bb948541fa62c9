import { add, commit, merge, patch, text } from "../entries.ts";
import { carol, dan, erin, tidy } from "../people.ts";

// The three commits after which a test fails. Nothing in the shop itself says so: that takes work to find.

/** A slip: "from the threshold on" became "above the threshold" while the loops went. */
export const zoneLookup = commit({
  by: dan,
  daysAgo: 9,
  time: "16:45",
  subject: "shipping: look the zone up instead of searching for it",
  body: "The cart asks for the price on every key press in the address form;\nthe two loops were the top entry of Monday's profile.",
  edits: [
    patch(
      "src/shipping.js",
      text`
        +const ZONE_OF = new Map(ZONES.flatMap((zone) => zone.countries.map((country) => [country, zone])));
        +
         export function shippingCost(country, subtotal) {
        -  for (const zone of ZONES) {
        -    for (const served of zone.countries) {
        -      if (served !== country) continue;
        -      return subtotal >= zone.freeFrom ? 0 : zone.price;
        -    }
        -  }
        -  throw new RangeError("we do not ship to " + country);
        +  const zone = ZONE_OF.get(country);
        +  if (!zone) throw new RangeError("we do not ship to " + country);
        +  return subtotal > zone.freeFrom ? 0 : zone.price;
         }
      `,
    ),
  ],
});

const rounding = {
  "Loom-Run": "r-k3v9t2ma0q",
  "Loom-Loop": "tidy",
  "Loom-Finding": "f-5d20e8c46b17",
  "Loom-Intent":
    "Round half to even, as finance decided on {8 days ago}; test/pricing.test.js changes with it on purpose",
};

/** Wanted: pricing and its test change together. That an invoice test relies on the old way was seen by nobody. */
export const halfEven = commit({
  by: tidy,
  branch: "loom/tidy/k3v9t2ma0q",
  daysAgo: 6,
  time: "02:22",
  subject: "pricing: round half a cent to the even one",
  body: "Rounding every half up overcharges by a third of a cent an order; finance\nwants the halves to even out. roundCents is the only place that rounds.",
  trailers: rounding,
  edits: [
    patch(
      "src/pricing.js",
      text`
        -/** Whole cents. Every price in the shop is rounded here and nowhere else. */
        +/** Whole cents, half a cent to the even one. Every price in the shop is rounded here and nowhere else. */
         export function roundCents(cents) {
        -  return Math.floor(cents + 0.5);
        +  const below = Math.floor(cents);
        +  const over = cents - below;
        +  if (over === 0.5) return below % 2 === 0 ? below : below + 1;
        +  return over < 0.5 ? below : below + 1;
         }
      `,
    ),
    patch(
      "test/pricing.test.js",
      text`
         test("no half cents are left after rounding", () => {
        -  assert.equal(roundCents(0.5), 1);
        +  assert.equal(roundCents(0.5), 0);
           assert.equal(roundCents(1.5), 2);
        -  assert.equal(roundCents(2.5), 3);
        +  assert.equal(roundCents(2.5), 2);
         });
      `,
    ),
  ],
});

export const halfEvenLanding = merge({
  by: tidy,
  branch: "loom/tidy/k3v9t2ma0q",
  daysAgo: 6,
  time: "09:03",
  subject: "Land tidy: round half a cent to the even one",
  trailers: { ...rounding, "Loom-Approved-By": "bob" },
});

/** What finance decided, as a test of its own that only its own loop runs; it holds until somebody takes the rounding back. */
export const financeTest = commit({
  by: carol,
  daysAgo: 6,
  time: "11:20",
  subject: "finance: how half a cent is rounded, as a test",
  body: "npm test leaves it alone: node --test finance/halves.mjs",
  edits: [
    add(
      "finance/halves.mjs",
      text`
        import assert from "node:assert/strict";
        import { test } from "node:test";
        import { roundCents } from "../src/pricing.js";

        test("half a cent goes to the even one", () => {
          assert.equal(roundCents(0.5), 0);
          assert.equal(roundCents(1.5), 2);
          assert.equal(roundCents(2.5), 2);
        });
      `,
    ),
  ],
});

/** Never worked: composed letters keep their accents. The test came with it and has failed from its first day. */
export const accents = commit({
  by: erin,
  daysAgo: 4,
  time: "17:10",
  subject: "search: accents need not be typed",
  body: "Both sides are folded before they are compared.",
  edits: [
    patch(
      "src/search.js",
      text`
        -const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);
        +// However a word was typed, it is compared in one form.
        +const fold = (text) => text.normalize("NFC").toLowerCase();
        +const wordsOf = (query) => fold(query).split(/\s+/).filter(Boolean);
        @@
        -const inName = (product, words) => words.some((word) => product.name.toLowerCase().includes(word));
        +const inName = (product, words) => words.some((word) => fold(product.name).includes(word));
        @@
        -    const about = (product.name + " " + product.description).toLowerCase();
        +    const about = fold(product.name + " " + product.description);
      `,
    ),
    patch(
      "test/search.test.js",
      text`
         test("an empty query finds nothing", () => {
           assert.deepEqual(found("  "), []);
         });
        +
        +test("accents need not be typed", () => {
        +  assert.deepEqual(found("creme brulee"), ["Crème brûlée dishes"]);
        +});
      `,
    ),
  ],
});

/** `<file> › <describe> › <test>` of what fails at the head of the history. */
export const failingTests = {
  bug: "test/shipping.test.js › free shipping › starts at exactly 50.00",
  rounding: "test/invoice.test.js › the tax office's example comes out to the cent",
  unfixable: "test/search.test.js › accents need not be typed",
} as const;
