import { add, commit, type Entry, merge, patch, text } from "../entries.ts";
import { alice, bob, carol, erin } from "../people.ts";

/** Days 26 to 20: better search and stock, and coupons, written on a branch beside them. */
export const growth: readonly Entry[] = [
  commit({
    by: erin,
    daysAgo: 26,
    time: "09:05",
    subject: "search: a match in the name comes first",
    edits: [
      patch(
        "src/search.js",
        text`
          -/** The products in which every word of the query stands. */
          +const inName = (product, words) => words.some((word) => product.name.toLowerCase().includes(word));
          +
          +/** The products in which every word of the query stands, those first that carry one in their name. */
           export function search(products, query) {
             const words = wordsOf(query);
             if (words.length === 0) return [];
          -  return products.filter((product) => {
          +  const hits = products.filter((product) => {
               const about = (product.name + " " + product.description).toLowerCase();
               return words.every((word) => about.includes(word));
             });
          +  return hits.sort((a, b) => inName(b, words) - inName(a, words));
           }
        `,
      ),
      patch(
        "test/search.test.js",
        text`
           test("an empty query finds nothing", () => {
             assert.deepEqual(found("  "), []);
           });
          +
          +test("a match in the name comes before one in the description", () => {
          +  assert.deepEqual(found("coffee"), ["Coffee pot", "Milk jug"]);
          +});
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    branch: "coupons",
    daysAgo: 25,
    time: "10:30",
    subject: "coupons: a percentage or an amount off",
    edits: [
      add(
        "src/coupons.js",
        text`
          import { percentOf } from "./pricing.js";

          export const percentOff = (code, percent) => ({ code, kind: "percent", percent });
          export const amountOff = (code, amount) => ({ code, kind: "amount", amount });

          /** What a coupon takes off a subtotal; never more than all of it. */
          export function discount(coupon, subtotal) {
            if (coupon.kind === "percent") return percentOf(subtotal, coupon.percent);
            return Math.min(coupon.amount, subtotal);
          }
        `,
      ),
      add(
        "test/coupons.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { amountOff, discount, percentOff } from "../src/coupons.js";

          test("a percentage is taken off", () => {
            assert.equal(discount(percentOff("SPRING", 15), 4000), 600);
          });

          test("an amount never takes more off than there is", () => {
            assert.equal(discount(amountOff("WELCOME", 500), 4000), 500);
            assert.equal(discount(amountOff("WELCOME", 500), 300), 300);
          });
        `,
      ),
    ],
  }),
  commit({
    by: bob,
    daysAgo: 25,
    time: "12:10",
    subject: "stock: say what is short",
    body: "Support had to look every line of the order up by hand.",
    edits: [
      patch(
        "src/stock.js",
        text`
          -  if (lines.some((line) => lacks(stock, line))) throw new Error("not enough in stock");
          +  const short = lines.filter((line) => lacks(stock, line)).map((line) => line.product.name);
          +  if (short.length > 0) throw new Error("not enough in stock: " + short.join(", "));
        `,
      ),
      patch(
        "test/stock.test.js",
        text`
          -  assert.throws(() => reserve(stock, [line("mug", 2), line("plate", 2)]));
          +  assert.throws(() => reserve(stock, [line("mug", 2), line("plate", 2)]), /in stock: plate$/);
        `,
      ),
    ],
  }),
  commit({
    by: alice,
    branch: "coupons",
    daysAgo: 24,
    time: "09:45",
    subject: "coupons: one a cart",
    edits: [
      patch(
        "src/coupons.js",
        text`
          +import { subtotal } from "./cart.js";
           import { percentOf } from "./pricing.js";
          @@
             return Math.min(coupon.amount, subtotal);
           }
          +
          +/** The cart with a coupon on it. A second coupon is refused. */
          +export function redeem(cart, coupon) {
          +  if (cart.coupon) throw new Error("the cart already has the coupon " + cart.coupon.code);
          +  return { ...cart, coupon };
          +}
          +
          +export function toPay(cart) {
          +  const full = subtotal(cart);
          +  return cart.coupon ? full - discount(cart.coupon, full) : full;
          +}
        `,
      ),
      patch(
        "test/coupons.test.js",
        text`
          -import { amountOff, discount, percentOff } from "../src/coupons.js";
          +import { addTo, emptyCart } from "../src/cart.js";
          +import { amountOff, discount, percentOff, redeem, toPay } from "../src/coupons.js";
          +
          +const cart = addTo(emptyCart(), { sku: "mug", name: "Mug", price: 1250 }, 2);
          @@
             assert.equal(discount(amountOff("WELCOME", 500), 300), 300);
           });
          +
          +test("a coupon lowers what is to pay", () => {
          +  assert.equal(toPay(cart), 2500);
          +  assert.equal(toPay(redeem(cart, percentOff("SPRING", 20))), 2000);
          +});
          +
          +test("a second coupon is refused", () => {
          +  const once = redeem(cart, amountOff("WELCOME", 500));
          +  assert.throws(() => redeem(once, percentOff("SPRING", 20)), /already has the coupon WELCOME/);
          +});
        `,
      ),
    ],
  }),
  merge({ by: bob, branch: "coupons", daysAgo: 23, time: "08:35", subject: "Merge branch 'coupons'" }),
  commit({
    by: carol,
    daysAgo: 22,
    time: "07:50",
    subject: "money: write amounts with their currency",
    edits: [
      patch(
        "src/money.js",
        text`
          +const SIGNS = { EUR: "€", GBP: "£", SEK: "kr" };
          +
           /** 1999 becomes "19.99". */
          @@
          +/** 1999 in EUR becomes "€ 19.99"; a currency without a sign is written with its code. */
          +export function withCurrency(cents, currency) {
          +  return (SIGNS[currency] ?? currency) + " " + format(cents);
          +}
          +
           /** "19.99" becomes 1999. */
        `,
      ),
      patch(
        "test/money.test.js",
        text`
          -import { format, parse } from "../src/money.js";
          +import { format, parse, withCurrency } from "../src/money.js";
          @@
           test("what is not an amount is refused", () => {
             assert.throws(() => parse("12,50"), RangeError);
             assert.throws(() => parse("free"), RangeError);
           });
          +
          +test("a currency is written with its sign, or else its code", () => {
          +  assert.equal(withCurrency(1999, "EUR"), "€ 19.99");
          +  assert.equal(withCurrency(1999, "CHF"), "CHF 19.99");
          +});
        `,
      ),
    ],
  }),
];
