import { add, commit, type Entry, text } from "../entries.ts";
import { alice, bob } from "../people.ts";

/** Days 34 and 33: money, prices and the cart. */
export const prices: readonly Entry[] = [
  commit({
    by: alice,
    daysAgo: 34,
    time: "08:12",
    subject: "Start the shop: money in whole cents",
    edits: [
      add(
        "package.json",
        text`
          {
            "name": "shop",
            "version": "0.0.0",
            "private": true,
            "type": "module",
            "engines": { "node": ">=20" },
            "scripts": {
              "test": "node --test"
            }
          }
        `,
      ),
      add(
        ".gitignore",
        text`
          node_modules/
          coverage/
          .env
        `,
      ),
      add(
        "README.md",
        text`
          # shop

          The web shop's rules: what a cart costs, what it costs to send, and what stands on the invoice.
          Amounts are whole cents everywhere.

              npm test
        `,
      ),
      add(
        "src/money.js",
        text`
          // Amounts are whole cents, so that nothing gets lost between here and the bank.

          /** 1999 becomes "19.99". */
          export function format(cents) {
            const sign = cents < 0 ? "-" : "";
            const whole = Math.trunc(Math.abs(cents) / 100);
            const rest = String(Math.abs(cents) % 100).padStart(2, "0");
            return sign + whole + "." + rest;
          }

          /** "19.99" becomes 1999. */
          export function parse(text) {
            const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim());
            if (!match) throw new RangeError("not an amount: " + text);
            const cents = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
            return match[1] ? -cents : cents;
          }

          export function toFloat(cents) {
            return cents / 100;
          }
        `,
      ),
      add(
        "test/money.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { format, parse } from "../src/money.js";

          test("cents are always written with two digits", () => {
            assert.equal(format(1999), "19.99");
            assert.equal(format(500), "5.00");
            assert.equal(format(-7), "-0.07");
          });

          test("an amount is read back as it was written", () => {
            for (const cents of [0, 5, 99, 100, 123456, -250]) assert.equal(parse(format(cents)), cents);
          });

          test("what is not an amount is refused", () => {
            assert.throws(() => parse("12,50"), RangeError);
            assert.throws(() => parse("free"), RangeError);
          });
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    daysAgo: 34,
    time: "13:40",
    subject: "pricing: round in one place",
    body: "Everything with a fraction of a cent goes through roundCents, so that\ntwo pages never show two prices for the same thing.",
    edits: [
      add(
        "src/pricing.js",
        text`
          /** Whole cents. Every price in the shop is rounded here and nowhere else. */
          export function roundCents(cents) {
            return Math.floor(cents + 0.5);
          }

          /** A share of an amount: percentOf(1999, 10) is 200. */
          export function percentOf(cents, percent) {
            return roundCents((cents * percent) / 100);
          }

          /** What several of one product cost. From ten on they are five percent cheaper. */
          export function linePrice(product, quantity) {
            const full = product.price * quantity;
            return quantity >= 10 ? full - percentOf(full, 5) : full;
          }
        `,
      ),
      add(
        "test/pricing.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { linePrice, percentOf, roundCents } from "../src/pricing.js";

          test("no half cents are left after rounding", () => {
            assert.equal(roundCents(0.5), 1);
            assert.equal(roundCents(1.5), 2);
            assert.equal(roundCents(2.5), 3);
          });

          test("any other fraction goes to the nearer cent", () => {
            assert.equal(roundCents(12.49), 12);
            assert.equal(roundCents(12.51), 13);
            assert.equal(roundCents(12), 12);
          });

          test("a share of an amount is whole cents", () => {
            assert.equal(percentOf(1999, 10), 200);
            assert.equal(percentOf(1999, 0), 0);
          });

          test("ten of the same are five percent cheaper", () => {
            assert.equal(linePrice({ price: 200 }, 9), 1800);
            assert.equal(linePrice({ price: 200 }, 10), 1900);
          });
        `,
      ),
    ],
  }),
  commit({
    by: bob,
    daysAgo: 33,
    time: "09:55",
    subject: "cart: add, remove, total",
    edits: [
      add(
        "src/cart.js",
        text`
          import { linePrice } from "./pricing.js";

          export function emptyCart() {
            return { lines: [] };
          }

          /** The cart with so many more of a product. The one passed in stays as it is. */
          export function addTo(cart, product, quantity = 1) {
            const had = cart.lines.find((line) => line.product.sku === product.sku)?.quantity ?? 0;
            const others = cart.lines.filter((line) => line.product.sku !== product.sku);
            return { ...cart, lines: [...others, { product, quantity: had + quantity }] };
          }

          export function removeFrom(cart, sku) {
            return { ...cart, lines: cart.lines.filter((line) => line.product.sku !== sku) };
          }

          export function subtotal(cart) {
            return cart.lines.reduce((sum, line) => sum + linePrice(line.product, line.quantity), 0);
          }
        `,
      ),
      add(
        "test/cart.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { addTo, emptyCart, removeFrom, subtotal } from "../src/cart.js";

          const mug = { sku: "mug", name: "Mug", price: 1250 };
          const plate = { sku: "plate", name: "Plate", price: 1890 };

          test("an empty cart costs nothing", () => {
            assert.equal(subtotal(emptyCart()), 0);
          });

          test("the same product twice is one line of two", () => {
            const cart = addTo(addTo(emptyCart(), mug), mug);
            assert.deepEqual(cart.lines, [{ product: mug, quantity: 2 }]);
            assert.equal(subtotal(cart), 2500);
          });

          test("a removed product is not paid for", () => {
            const cart = removeFrom(addTo(addTo(emptyCart(), mug, 3), plate), "mug");
            assert.equal(subtotal(cart), 1890);
          });
        `,
      ),
    ],
  }),
];
