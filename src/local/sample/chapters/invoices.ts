import { add, commit, type Entry, merge, patch, text } from "../entries.ts";
import { alice, carol } from "../people.ts";

/** Day 32: the invoice, written on a branch. */
export const invoices: readonly Entry[] = [
  commit({
    by: carol,
    branch: "invoices",
    daysAgo: 32,
    time: "07:30",
    subject: "invoice: tax for every line",
    body: "Tax is worked out and rounded line by line: that is how the tax office\nchecks an invoice.",
    edits: [
      add(
        "src/tax.js",
        text`
          // Percent, by country and by kind of goods.
          const RATES = {
            AT: { standard: 20, reduced: 10 },
            DE: { standard: 19, reduced: 7 },
            FR: { standard: 20, reduced: 5.5 },
            NL: { standard: 21, reduced: 9 },
          };

          export function taxRate(country, kind = "standard") {
            const rate = RATES[country]?.[kind];
            if (rate === undefined) throw new RangeError("no tax rate for " + kind + " goods in " + country);
            return rate;
          }
        `,
      ),
      add(
        "src/invoice.js",
        text`
          import { linePrice, percentOf } from "./pricing.js";
          import { taxRate } from "./tax.js";

          const sum = (lines, key) => lines.reduce((total, line) => total + line[key], 0);

          /** An order's invoice: net, tax and total, by line and altogether. */
          export function invoice(order) {
            const lines = order.lines.map(({ product, quantity }) => {
              const net = linePrice(product, quantity);
              const rate = taxRate(order.country, product.kind);
              return { name: product.name, quantity, net, rate, tax: percentOf(net, rate) };
            });
            const net = sum(lines, "net");
            const tax = sum(lines, "tax");
            return { lines, net, tax, total: net + tax };
          }
        `,
      ),
      add(
        "test/invoice.test.js",
        text`
          import assert from "node:assert/strict";
          import { test } from "node:test";
          import { invoice } from "../src/invoice.js";

          const mug = { sku: "mug", name: "Mug", price: 1250 };
          const coffee = { sku: "coffee", name: "Coffee, 500 g", price: 1045, kind: "reduced" };

          test("every line carries its tax", () => {
            const { net, tax, total } = invoice({ country: "DE", lines: [{ product: mug, quantity: 2 }] });
            assert.deepEqual({ net, tax, total }, { net: 2500, tax: 475, total: 2975 });
          });

          test("reduced goods are taxed at the reduced rate", () => {
            const { lines } = invoice({ country: "NL", lines: [{ product: coffee, quantity: 1 }] });
            assert.deepEqual(lines, [{ name: "Coffee, 500 g", quantity: 1, net: 1045, rate: 9, tax: 94 }]);
          });

          // The worked example of the tax office's leaflet, page 4.
          test("the tax office's example comes out to the cent", () => {
            const order = { country: "AT", lines: [{ product: coffee, quantity: 1 }, { product: mug, quantity: 1 }] };
            const { tax, total } = invoice(order);
            assert.equal(tax, 355);
            assert.equal(total, 2650);
          });

          test("a country without a rate is refused", () => {
            assert.throws(() => invoice({ country: "XX", lines: [{ product: mug, quantity: 1 }] }), /no tax rate/);
          });
        `,
      ),
    ],
  }),
  commit({
    by: carol,
    branch: "invoices",
    daysAgo: 32,
    time: "11:48",
    subject: "invoice: number them by year",
    edits: [
      patch(
        "src/invoice.js",
        text`
           const sum = (lines, key) => lines.reduce((total, line) => total + line[key], 0);

          +/** The seventh invoice of 2024 is "2024-00007". */
          +export function invoiceNumber(year, count) {
          +  return year + "-" + String(count).padStart(5, "0");
          +}
          +
           /** An order's invoice: net, tax and total, by line and altogether. */
        `,
      ),
      patch(
        "test/invoice.test.js",
        text`
          -import { invoice } from "../src/invoice.js";
          +import { invoice, invoiceNumber } from "../src/invoice.js";
          @@
           test("a country without a rate is refused", () => {
             assert.throws(() => invoice({ country: "XX", lines: [{ product: mug, quantity: 1 }] }), /no tax rate/);
           });
          +
          +test("invoices are numbered by year", () => {
          +  assert.equal(invoiceNumber(2024, 7), "2024-00007");
          +});
        `,
      ),
    ],
  }),
  merge({
    by: alice,
    branch: "invoices",
    daysAgo: 32,
    time: "14:05",
    subject: "Merge branch 'invoices'",
  }),
];
