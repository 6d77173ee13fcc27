// Prints what rss-parser or feedsmith makes of a document: node read_feeds.mjs READER < DOCUMENT
import { readFileSync } from "node:fs";

const readers = {
  "rss-parser": async (text) => {
    const { default: Parser } = await import("rss-parser");
    const item = ["media:thumbnail", "media:content", ["dc:creator", "creators", { keepArray: true }]];
    return new Parser({ customFields: { item } }).parseString(text);
  },
  feedsmith: async (text) => (await import("feedsmith")).parseFeed(text),
};

console.log(JSON.stringify(await readers[process.argv[2]](readFileSync(0, "utf8"))));
