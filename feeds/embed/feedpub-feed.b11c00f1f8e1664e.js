// <feedpub-feed>: docs/reference/embed.md of feedpub
{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .feedpub-feed { display: grid; gap: var(--feedpub-gap, 1em); margin: 0; padding: 0; color: var(--feedpub-fg, inherit); list-style: none; overflow-wrap: anywhere }
    .feedpub-item { position: relative; display: flex; gap: 1em; min-block-size: var(--feedpub-row, 7.4em) }
    .feedpub-thumb { flex: none; inline-size: var(--feedpub-thumb, 8em); block-size: max-content; aspect-ratio: 1.6; object-fit: cover; border-radius: var(--feedpub-radius, .5em); background: #8883 }
    .feedpub-words { flex: 1; min-inline-size: 0; line-height: 1.4 }
    .feedpub-title, .feedpub-summary { display: -webkit-box; overflow: hidden; margin: 0; font-size: 1.1em; -webkit-box-orient: vertical; -webkit-line-clamp: var(--feedpub-lines, 2) }
    .feedpub-title a { color: var(--feedpub-link, inherit); text-decoration: none; outline: 0 }
    .feedpub-title a:hover { text-decoration: underline }
    .feedpub-title a::after { content: ""; position: absolute; inset: 0 }
    .feedpub-title a:focus-visible::after { outline: 2px solid; outline-offset: 3px }
    .feedpub-date, .feedpub-summary { margin: .25em 0 0; font-size: .9em; opacity: .8 }
    .feedpub-grid { grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--feedpub-card-min, 15em)), 1fr)) }
    .feedpub-grid .feedpub-item { flex-direction: column; gap: .6em }
    .feedpub-grid .feedpub-thumb { inline-size: auto }
    .feedpub-grid .feedpub-words { min-block-size: var(--feedpub-row, 7.4em) }
    .feedpub-compact .feedpub-item { min-block-size: var(--feedpub-row, 4.5em) }
    .feedpub-compact .feedpub-thumb { inline-size: var(--feedpub-thumb, 5em) }
    .feedpub-headlines .feedpub-item { min-block-size: var(--feedpub-row, 1.5em) }
    .feedpub-headlines .feedpub-words { display: flex; gap: 1em; justify-content: space-between }
    .feedpub-headlines .feedpub-date { white-space: nowrap }
    :host(:not([hidden])) { display: block }
    .feedpub-words:empty { background: #8882 }
    .feedpub-grid .feedpub-words:empty { padding-block-start: 62.5% }
    button { margin-block-start: 1em; font: inherit }`);

  const WORDS = {
    en: { empty: "No articles yet.", error: "Loading failed.", retry: "Try again", more: "More articles" },
    zh: { empty: "还没有文章。", error: "加载失败。", retry: "重试", more: "更多文章" },
  };

  const text = (value) => (typeof value === "string" ? value.trim() : "");

  // No "javascript:".
  const web = (value, base) => {
    try {
      const url = new URL(text(value) || "no:", base);
      if (/^https?:$/.test(url.protocol)) return url;
    } catch {}
  };

  const set = (element, attributes) => {
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };

  // Children are elements or text, no markup.
  const make = (tag, attributes, ...children) => {
    const element = set(document.createElement(tag), attributes);
    if (attributes?.part) element.className = `feedpub-${attributes.part}`;
    element.append(...children.filter(Boolean));
    return element;
  };

  // "3 days ago", or the date.
  const tell = (time, language) => {
    const instant = new Date(time.dateTime);
    const days = 1 + Math.floor((instant - new Date().setHours(24, 0, 0, 0)) / 864e5);
    time.title = instant.toLocaleDateString(language, { dateStyle: "long" });
    time.textContent = days < -28 ? time.textContent || time.title : new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
    return time;
  };

  class Feed extends HTMLElement {
    static observedAttributes = ["src", "category", "limit", "layout", "heading", "thumbs", "target", "lang", "more"];
    #box = make("div", { tabindex: -1 }, make("slot"));
    #asked; #changed; #list; #kept; #feed; #shown; #step; #fetching; #timer;

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).append(this.#box);
      this.shadowRoot.adoptedStyleSheets = [sheet];
    }

    // Once for all that changes together.
    connectedCallback() {
      this.disconnectedCallback();
      this.#timer = setTimeout(() => this.#start());
    }

    attributeChangedCallback() {
      this.#changed = this.#asked;
      if (this.isConnected) this.connectedCallback();
    }

    disconnectedCallback() {
      this.#fetching?.abort();
      this.#fetching = null;
      clearTimeout(this.#timer);
    }

    #start() {
      if (document.readyState === "loading") return this.connectedCallback();
      const asked = { layout: "list", heading: 3, target: "_self" };
      for (const { name, value } of this.attributes) asked[name] = value;
      this.#kept ??= this.querySelector(".feedpub-feed");
      for (const time of this.querySelectorAll(".feedpub-date time")) tell(time, this.#language);
      const { refresh, more, limit } = (this.#asked = asked);
      if (this.#kept && !this.#changed && (refresh ?? more) === undefined) return this.#tell("load");
      if (refresh > 0) this.#timer = setInterval(() => this.matches(":focus-within") || this.#load(), Math.min(Math.max(refresh, 1), 1440) * 6e4);
      this.#feed = null;
      this.#shown = this.#step = Math.min(Math.max(parseInt(limit) || this.#kept?.childElementCount || 10, 1), 50);
      if (!this.#kept) this.#wait();
      if (asked.loading !== "lazy") return this.#load();
      new IntersectionObserver(([seen], watcher) => {
        if (!seen.isIntersecting) return;
        watcher.disconnect();
        this.#load();
      }).observe(this);
    }

    get #language() {
      return /^zh/.test(this.closest("[lang]")?.lang || this.#feed?.language) ? "zh" : "en";
    }

    get #address() {
      const { src, category } = this.#asked;
      const url = web(src, document.baseURI);
      return /\.json$/.test(url.pathname) ? url : web(`${category || "all"}/feed.json`, url.href.replace(/\/*$/, "/"));
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(`feedpub:${name}`, { detail, bubbles: true, composed: true }));
    }

    #say(tag, part, act) {
      const element = make(tag, { part }, make("slot", { name: part }, WORDS[this.#language][part]));
      element.onclick = act;
      return element;
    }

    #put(articles, attributes) {
      const { layout, more } = this.#asked;
      const [list, line, role] = more === undefined ? ["ul", "li", "list"] : ["div", "div", "feed"];
      this.#list = make(list, { part: "list", role, ...attributes }, ...articles.map((article) => make(line, {}, article)));
      this.#list.className = `feedpub-feed feedpub-${layout}`;
      this.#box.replaceChildren(this.#list);
    }

    // Takes the room of the articles.
    #wait() {
      const article = () => make("article", { part: "item" }, make("div", { part: "words" }));
      this.#put(Array.from({ length: this.#step }, article), { "aria-busy": true });
    }

    async #load(drawn) {
      this.#fetching?.abort();
      const fetching = (this.#fetching = new AbortController());
      setTimeout(() => fetching.abort(), 2e4);
      try {
        let feed = drawn ? this.#feed : { items: [], next: this.#address };
        for (let pages = 9; pages-- && feed.next && feed.items.length < (drawn ? this.#shown : 1); ) {
          const answer = await fetch(feed.next, { signal: fetching.signal, credentials: "omit" });
          if (!answer.ok) throw Error(answer.status);
          const page = await answer.json();
          const next = web(page.next_url, feed.next);
          // Archives repeat some.
          const items = page.items.filter((item) => item && !feed.items.some(({ id }) => id === item.id));
          feed = { ...page, ...feed, next: next?.origin === feed.next.origin && next, items: feed.items.concat(items) };
        }
        this.#feed = feed;
        this.#draw(drawn);
      } catch (error) {
        if (this.#fetching === fetching) this.#fail(error, drawn);
      }
    }

    #fail(error, drawn) {
      this.#tell("error", error);
      const alert = set(this.#say("p", "error"), { role: "alert" });
      const retry = () => {
        this.#box.focus();
        this.#start();
      };
      if (drawn) {
        this.#shown = drawn;
        this.#draw();
        this.#box.append(alert);
      } else if (!this.#kept && !this.#feed) this.#box.replaceChildren(alert, this.#say("button", "retry", retry), " ", make("slot"));
    }

    #draw(drawn) {
      const { items, next, title } = this.#feed;
      const articles = items.slice(0, this.#shown).map((item, place) => this.#article(item, place));
      this.#put(articles, { "aria-label": text(title) });
      if (!articles.length) this.#box.replaceChildren(this.#say("p", "empty"));
      else if ("more" in this.#asked) {
        articles.forEach((article, place) => set(article, { tabindex: 0, "aria-posinset": place + 1, "aria-setsize": next ? -1 : items.length }));
        articles[drawn]?.focus();
        this.#list.onkeydown = (event) => this.#move(event, articles);
        const grow = () => {
          set(this.#list, { "aria-busy": true });
          this.#shown += this.#step;
          this.#load(articles.length);
        };
        if (next || items.length > this.#shown) this.#box.append(this.#say("button", "more", grow));
      }
      this.#tell("load");
    }

    #article({ url, title, summary, date_published, language, image }, place) {
      const { layout, heading, target, thumbs } = this.#asked;
      const base = this.#address;
      const link = web(url, base);
      const below = text(summary);
      const name = text(title) || below || "…";
      const day = new Date(text(date_published));
      const src = web(image, base);
      return make("article", { part: "item", "aria-label": name, lang: text(language) || text(this.#feed.language) },
        // Nobody else is asked.
        thumbs !== "off" && layout !== "headlines" && src?.origin === base.origin && make("img", { part: "thumb", alt: "", width: 160, height: 100, loading: place ? "lazy" : "eager", src }),
        make("div", { part: "words" },
          make(`h${heading}`, { part: "title", dir: "auto" }, link ? make("a", { href: link, target }, name) : name),
          !isNaN(day) && make("p", { part: "date", lang: this.#language }, tell(make("time", { datetime: day.toISOString() }), this.#language)),
          name !== below && below && !/compact|headlines/.test(layout) && make("p", { part: "summary", dir: "auto" }, below)));
    }

    // Keys of ARIA's feeds.
    #move(event, articles) {
      const here = articles.indexOf(event.target.closest("article"));
      const goals = { PageDown: articles[here + 1], PageUp: articles[here - 1] };
      const ends = { Home: this.#box, End: this.#box.querySelector("button") };
      const goal = (event.ctrlKey ? ends : goals)[event.key];
      if (!goal) return;
      event.preventDefault();
      goal.focus();
    }
  }

  customElements.get("feedpub-feed") || customElements.define("feedpub-feed", Feed);
}
