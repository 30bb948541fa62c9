import { commit, type Entry, merge, patch, text } from "../entries.ts";
import { alice, bob, carol, dan, tidy } from "../people.ts";

const deadCode = {
  "Loom-Run": "r-2p8xk4nd7c",
  "Loom-Loop": "tidy",
  "Loom-Finding": "f-91ce07b3a2d4",
  "Loom-Intent": "Remove dead code; nothing behaves differently",
};

/** Days 20 to 11: the loop tidy's first landing, the second release, heavy parcels, tax by rate. */
export const spring: readonly Entry[] = [
  commit({
    by: tidy,
    branch: "loom/tidy/2p8xk4nd7c",
    daysAgo: 20,
    time: "02:14",
    subject: "money: remove toFloat, which nobody calls",
    body: "No import of it is left in src or test. Amounts stay whole cents.",
    trailers: deadCode,
    edits: [
      patch(
        "src/money.js",
        text`
             return match[1] ? -cents : cents;
           }
          -
          -export function toFloat(cents) {
          -  return cents / 100;
          -}
        `,
      ),
    ],
  }),
  merge({
    by: tidy,
    branch: "loom/tidy/2p8xk4nd7c",
    daysAgo: 20,
    time: "08:41",
    subject: "Land tidy: remove toFloat, which nobody calls",
    trailers: { ...deadCode, "Loom-Approved-By": "alice" },
  }),
  commit({
    by: alice,
    daysAgo: 19,
    time: "14:20",
    subject: "Release 0.2.0",
    edits: [
      patch(
        "package.json",
        text`
          -  "version": "0.1.0",
          +  "version": "0.2.0",
        `,
      ),
      patch(
        "CHANGELOG.md",
        text`
           # Changes

          +## 0.2.0, {19 days ago}
          +
          +- Coupons, one a cart.
          +- Stock is reserved with the order; what is short is named.
          +- Search puts a match in the name first.
          +
           ## 0.1.0, {29 days ago}
        `,
      ),
    ],
  }),
  commit({
    by: dan,
    daysAgo: 16,
    time: "11:35",
    subject: "shipping: heavy parcels cost extra",
    body: "The carrier charges 6.00 above 20 kg, also when we send for nothing.",
    edits: [
      patch(
        "src/shipping.js",
        text`
             throw new RangeError("we do not ship to " + country);
           }
          +
          +/** The carrier's extra for one parcel, by its weight in grams. */
          +export function heavyExtra(grams) {
          +  return grams > 20_000 ? 600 : 0;
          +}
        `,
      ),
      patch(
        "test/shipping.test.js",
        text`
          -import { shippingCost } from "../src/shipping.js";
          +import { heavyExtra, shippingCost } from "../src/shipping.js";
          @@
           test("a country we do not serve is refused", () => {
             assert.throws(() => shippingCost("XX", 2000), /do not ship to XX/);
           });
          +
          +test("a parcel above 20 kg costs extra", () => {
          +  assert.equal(heavyExtra(20_000), 0);
          +  assert.equal(heavyExtra(20_001), 600);
          +});
        `,
      ),
    ],
  }),
  commit({
    by: carol,
    daysAgo: 14,
    time: "08:05",
    subject: "invoice: show the tax by rate",
    edits: [
      patch(
        "src/invoice.js",
        text`
             return { lines, net, tax, total: net + tax };
           }
          +
          +/** The tax for the foot of an invoice: one entry a rate, the highest first. */
          +export function taxByRate({ lines }) {
          +  const rates = [...new Set(lines.map((line) => line.rate))].sort((a, b) => b - a);
          +  return rates.map((rate) => ({ rate, tax: sum(lines.filter((line) => line.rate === rate), "tax") }));
          +}
        `,
      ),
      patch(
        "test/invoice.test.js",
        text`
          -import { invoice, invoiceNumber } from "../src/invoice.js";
          +import { invoice, invoiceNumber, taxByRate } from "../src/invoice.js";
          @@
           test("invoices are numbered by year", () => {
             assert.equal(invoiceNumber(2024, 7), "2024-00007");
           });
          +
          +test("the foot of an invoice shows the tax by rate", () => {
          +  const lines = [{ product: coffee, quantity: 2 }, { product: mug, quantity: 1 }, { product: mug, quantity: 3 }];
          +  assert.deepEqual(taxByRate(invoice({ country: "AT", lines })), [
          +    { rate: 20, tax: 1000 },
          +    { rate: 10, tax: 209 },
          +  ]);
          +});
        `,
      ),
    ],
  }),
  commit({
    by: bob,
    daysAgo: 12,
    time: "15:50",
    subject: "readme: who looks after what",
    edits: [
      patch(
        "README.md",
        text`
               npm test
          +
          +| part | ask |
          +| --- | --- |
          +| cart, pricing, coupons | alice |
          +| stock, releases, what customers report | bob |
          +| invoice, tax, money | carol |
          +| shipping | dan |
          +| search | erin |
          +
          +What customers report is kept in .loom/issues, a file each.
        `,
      ),
    ],
  }),
];
