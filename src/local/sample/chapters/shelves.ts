import { add, commit, type Entry, patch, text } from "../entries.ts";
import { alice, bob, dan, erin } from "../people.ts";

/** Days 31 to 26: shipping, search, stock, and the first release. */
export const shelves: readonly Entry[] = [
  commit({
    by: dan,
    daysAgo: 31,
    time: "09:20",
    subject: "shipping: a price for every zone, free from a threshold",
    edits: [
      add(
        "src/shipping.js",
        text`
          // Prices in cents. An order that reaches its zone's threshold is sent for nothing.
          const ZONES = [
            { name: "home", countries: ["DE"], price: 490, freeFrom: 5000 },
            { name: "neighbours", countries: ["AT", "FR", "NL"], price: 990, freeFrom: 10000 },
            { name: "union", countries: ["ES", "IT", "PL", "SE"], price: 1490, freeFrom: 15000 },
          ];

          export function shippingCost(country, subtotal) {
            for (const zone of ZONES) {
              for (const served of zone.countries) {
                if (served !== country) continue;
                return subtotal >= zone.freeFrom ? 0 : zone.price;
              }
            }
            throw new RangeError("we do not ship to " + country);
          }
        `,
      ),
      add(
        "test/shipping.test.js",
        text`
          import assert from "node:assert/strict";
          import { describe, test } from "node:test";
          import { shippingCost } from "../src/shipping.js";

          test("every zone has its price", () => {
            assert.equal(shippingCost("DE", 2000), 490);
            assert.equal(shippingCost("NL", 2000), 990);
            assert.equal(shippingCost("SE", 2000), 1490);
          });

          test("a country we do not serve is refused", () => {
            assert.throws(() => shippingCost("XX", 2000), /do not ship to XX/);
          });

          describe("free shipping", () => {
            test("starts at exactly 50.00", () => {
              assert.equal(shippingCost("DE", 5000), 0);
            });

            test("is missed by a cent", () => {
              assert.equal(shippingCost("DE", 4999), 490);
            });

            test("starts later abroad", () => {
              assert.equal(shippingCost("AT", 7500), 990);
              assert.equal(shippingCost("AT", 12500), 0);
            });
          });
        `,
      ),
    ],
  }),
  commit({
    by: erin,
    daysAgo: 30,
    time: "10:15",
    subject: "search: every word must be in the name or the description",
    edits: [
      add(
        "src/search.js",
        text`
          const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

          /** The products in which every word of the query stands. */
          export function search(products, query) {
            const words = wordsOf(query);
            if (words.length === 0) return [];
            return products.filter((product) => {
              const about = (product.name + " " + product.description).toLowerCase();
              return words.every((word) => about.includes(word));
            });
          }
        `,
      ),
      add(
        "test/search.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { search } from "../src/search.js";

          const products = [
            { name: "Milk jug", description: "Stoneware, goes with the coffee pot" },
            { name: "Coffee pot", description: "Stoneware, one litre" },
            { name: "Crème brûlée dishes", description: "Four of them, safe in the oven" },
          ];
          const found = (query) => search(products, query).map((product) => product.name);

          test("every word has to match", () => {
            assert.deepEqual(found("stoneware litre"), ["Coffee pot"]);
            assert.deepEqual(found("oven glove"), []);
          });

          test("upper and lower case are the same", () => {
            assert.deepEqual(found("MILK"), ["Milk jug"]);
          });

          test("an empty query finds nothing", () => {
            assert.deepEqual(found("  "), []);
          });
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    daysAgo: 29,
    time: "15:30",
    subject: "Release 0.1.0",
    edits: [
      patch(
        "package.json",
        text`
          -  "version": "0.0.0",
          +  "version": "0.1.0",
        `,
      ),
      add(
        "CHANGELOG.md",
        text`
          # Changes

          ## 0.1.0, {29 days ago}

          - Carts, prices, invoices with tax, shipping by zone, search.
        `,
      ),
    ],
  }),
  commit({
    by: bob,
    daysAgo: 28,
    time: "08:50",
    subject: "stock: reserve an order, or nothing of it",
    edits: [
      add(
        "src/stock.js",
        text`
          export function stockOf(counts) {
            return new Map(Object.entries(counts));
          }

          const lacks = (stock, line) => (stock.get(line.product.sku) ?? 0) < line.quantity;

          /** The stock without these lines. Throws when one of them is short: nothing is reserved then. */
          export function reserve(stock, lines) {
            if (lines.some((line) => lacks(stock, line))) throw new Error("not enough in stock");
            const left = new Map(stock);
            for (const { product, quantity } of lines) left.set(product.sku, left.get(product.sku) - quantity);
            return left;
          }

          /** Puts the lines of a cancelled order back. */
          export function release(stock, lines) {
            const left = new Map(stock);
            for (const { product, quantity } of lines) left.set(product.sku, (left.get(product.sku) ?? 0) + quantity);
            return left;
          }
        `,
      ),
      add(
        "test/stock.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { release, reserve, stockOf } from "../src/stock.js";

          const line = (sku, quantity) => ({ product: { sku, name: sku }, quantity });

          test("reserved pieces are gone from the stock", () => {
            assert.equal(reserve(stockOf({ mug: 5 }), [line("mug", 2)]).get("mug"), 3);
          });

          test("an order is reserved whole or not at all", () => {
            const stock = stockOf({ mug: 5, plate: 1 });
            assert.throws(() => reserve(stock, [line("mug", 2), line("plate", 2)]));
            assert.deepEqual(stock, stockOf({ mug: 5, plate: 1 }));
          });

          test("a cancelled order goes back on the shelf", () => {
            const lines = [line("mug", 2)];
            assert.equal(release(reserve(stockOf({ mug: 5 }), lines), lines).get("mug"), 5);
          });
        `,
      ),
    ],
  }),
  commit({
    by: dan,
    daysAgo: 27,
    time: "13:25",
    subject: "cart: refuse a quantity below one",
    body: "The app sent -1 for the minus button on an empty line.",
    edits: [
      patch(
        "src/cart.js",
        text`
           export function addTo(cart, product, quantity = 1) {
          +  if (!Number.isInteger(quantity) || quantity < 1) throw new RangeError("not a quantity: " + quantity);
             const had = cart.lines.find((line) => line.product.sku === product.sku)?.quantity ?? 0;
        `,
      ),
      patch(
        "test/cart.test.js",
        text`
           test("a removed product is not paid for", () => {
             const cart = removeFrom(addTo(addTo(emptyCart(), mug, 3), plate), "mug");
             assert.equal(subtotal(cart), 1890);
           });
          +
          +test("less than one piece is refused", () => {
          +  assert.throws(() => addTo(emptyCart(), mug, 0), RangeError);
          +  assert.throws(() => addTo(emptyCart(), mug, -1), RangeError);
          +  assert.throws(() => addTo(emptyCart(), mug, 1.5), RangeError);
          +});
        `,
      ),
    ],
  }),
];
