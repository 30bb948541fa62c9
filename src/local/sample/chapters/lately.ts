import { add, commit, type Entry, patch, text } from "../entries.ts";
import { alice, bob, carol, dan, erin } from "../people.ts";
import { accents, failingTests, financeTest, halfEven, halfEvenLanding, zoneLookup } from "./truths.ts";

/** Days 9 to 1: the three truths, among work that has nothing to do with them, and what customers report. */
export const lately: readonly Entry[] = [
  zoneLookup,
  commit({
    by: erin,
    daysAgo: 8,
    time: "10:40",
    subject: "search: words that say nothing are skipped",
    edits: [
      patch(
        "src/search.js",
        text`
          +const SAYS_NOTHING = new Set(["a", "an", "and", "for", "of", "the", "with"]);
          +
           const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);
          @@
          -  const words = wordsOf(query);
          +  const words = wordsOf(query).filter((word) => !SAYS_NOTHING.has(word));
        `,
      ),
      patch(
        "test/search.test.js",
        text`
           test("a match in the name comes before one in the description", () => {
             assert.deepEqual(found("coffee"), ["Coffee pot", "Milk jug"]);
           });
          +
          +test("words that say nothing are skipped", () => {
          +  assert.deepEqual(found("a jug for the milk"), ["Milk jug"]);
          +  assert.deepEqual(found("the"), []);
          +});
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    daysAgo: 7,
    time: "09:30",
    subject: "cart: lines stay in the order they were added",
    edits: [
      patch(
        "src/cart.js",
        text`
          -  const had = cart.lines.find((line) => line.product.sku === product.sku)?.quantity ?? 0;
          -  const others = cart.lines.filter((line) => line.product.sku !== product.sku);
          -  return { ...cart, lines: [...others, { product, quantity: had + quantity }] };
          +  const isSame = (line) => line.product.sku === product.sku;
          +  if (!cart.lines.some(isSame)) return { ...cart, lines: [...cart.lines, { product, quantity }] };
          +  const more = (line) => (isSame(line) ? { ...line, quantity: line.quantity + quantity } : line);
          +  return { ...cart, lines: cart.lines.map(more) };
        `,
      ),
      patch(
        "test/cart.test.js",
        text`
             assert.throws(() => addTo(emptyCart(), mug, 1.5), RangeError);
           });
          +
          +test("lines stay in the order they were added", () => {
          +  const cart = addTo(addTo(addTo(emptyCart(), mug), plate), mug);
          +  assert.deepEqual(cart.lines.map((line) => line.product.sku), ["mug", "plate"]);
          +});
        `,
      ),
    ],
  }),
  halfEven,
  halfEvenLanding,
  financeTest,
  commit({
    by: dan,
    daysAgo: 5,
    time: "13:15",
    subject: "shipping: express, where the carrier offers it",
    edits: [
      patch(
        "src/shipping.js",
        text`
             return grams > 20_000 ? 600 : 0;
           }
          +
          +const EXPRESS = { DE: 1290, AT: 1990, NL: 1990 };
          +
          +/** Express is never free. Undefined where the carrier does not offer it. */
          +export function expressCost(country) {
          +  return EXPRESS[country];
          +}
        `,
      ),
      patch(
        "test/shipping.test.js",
        text`
          -import { heavyExtra, shippingCost } from "../src/shipping.js";
          +import { expressCost, heavyExtra, shippingCost } from "../src/shipping.js";
          @@
           test("a parcel above 20 kg costs extra", () => {
             assert.equal(heavyExtra(20_000), 0);
             assert.equal(heavyExtra(20_001), 600);
           });
          +
          +test("express is offered in some countries only", () => {
          +  assert.equal(expressCost("AT"), 1990);
          +  assert.equal(expressCost("SE"), undefined);
          +});
        `,
      ),
    ],
  }),
  accents,
  commit({
    by: bob,
    daysAgo: 3,
    time: "08:25",
    subject: "stock: list what runs low",
    edits: [
      patch(
        "src/stock.js",
        text`
             for (const { product, quantity } of lines) left.set(product.sku, (left.get(product.sku) ?? 0) + quantity);
             return left;
           }
          +
          +/** What has to be ordered again, the scarcest first. */
          +export function runningLow(stock, below = 5) {
          +  const low = [...stock].filter(([, count]) => count < below);
          +  return low.sort((a, b) => a[1] - b[1]).map(([sku]) => sku);
          +}
        `,
      ),
      patch(
        "test/stock.test.js",
        text`
          -import { release, reserve, stockOf } from "../src/stock.js";
          +import { release, reserve, runningLow, stockOf } from "../src/stock.js";
          @@
           test("a cancelled order goes back on the shelf", () => {
             const lines = [line("mug", 2)];
             assert.equal(release(reserve(stockOf({ mug: 5 }), lines), lines).get("mug"), 5);
           });
          +
          +test("what runs low is listed, the scarcest first", () => {
          +  assert.deepEqual(runningLow(stockOf({ mug: 4, plate: 12, jug: 0 })), ["jug", "mug"]);
          +});
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    daysAgo: 2,
    time: "15:05",
    subject: "Release 0.3.0",
    edits: [
      patch(
        "package.json",
        text`
          -  "version": "0.2.0",
          +  "version": "0.3.0",
        `,
      ),
      patch(
        "CHANGELOG.md",
        text`
           # Changes

          +## 0.3.0, {2 days ago}
          +
          +- Express shipping; heavy parcels cost extra.
          +- Invoices show the tax by rate.
          +- Search skips words that say nothing.
          +
           ## 0.2.0, {19 days ago}
        `,
      ),
    ],
  }),
  commit({
    by: bob,
    daysAgo: 1,
    time: "09:40",
    subject: "issues: shipping charged on exactly 50.00",
    edits: [
      add(
        ".loom/issues/0001-shipping-charged-on-exactly-50.md",
        text`
          ---
          title: Charged for shipping on an order of exactly 50.00
          state: open
          labels: [bug, customer]
          opened_by: bob
          test: "${failingTests.bug}"
          ---

          A customer wrote in: "Your site says shipping is free from €50. My cart was €50.00 to the cent and I
          still paid €4.90. I added a spoon for €1.20 and shipping was gone."

          I tried it with two carts of my own, and it is as she says. Orders of last month at 50.00 went out for
          nothing, so something changed since. I have refunded the 4.90.
        `,
      ),
    ],
  }),
  commit({
    by: carol,
    daysAgo: 1,
    time: "14:55",
    subject: "issues: an Austrian invoice is a cent short",
    edits: [
      add(
        ".loom/issues/0002-austrian-invoice-a-cent-short.md",
        text`
          ---
          title: Invoice for Austria is one cent short of the tax office's figure
          state: open
          labels: [bug, billing]
          opened_by: carol
          test: "${failingTests.rounding}"
          ---

          The bookkeeper of a café in Graz sent an invoice back: a bag of coffee at 10.45 net with 10 % tax must
          come to 1.05 tax, and we wrote 1.04. With the mug the total reads 26.49, and she expects 26.50.

          It is the very example in the tax office's leaflet, which we have a test for. Older invoices for the
          same order are right.
        `,
      ),
    ],
  }),
];
