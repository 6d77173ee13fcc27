// What mail programs do not support of an HTML mail, and what is wrong with its HTML: reads the mail
// from stdin, writes {"clients": {feature: [client, ...]}, "html": ["line: rule: message", ...]}.
import { readFileSync } from 'node:fs';
import { caniemail } from 'caniemail';
import { HtmlValidate } from 'html-validate';

const CLIENTS = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*'];
const html = readFileSync(0, 'utf8');

const clients = {};
const { issues } = caniemail({ clients: CLIENTS, html });
for (const [client, found] of issues.errors) {
  for (const { title } of found) (clients[title] ??= new Set()).add(client);
}

const checker = new HtmlValidate({ extends: ['html-validate:recommended'] });
const report = await checker.validateString(html);
const messages = report.results.flatMap((result) => result.messages);

console.log(JSON.stringify({
  clients: Object.fromEntries(Object.entries(clients).map(([title, names]) => [title, [...names].sort()])),
  html: [...new Set(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`))],
}));
