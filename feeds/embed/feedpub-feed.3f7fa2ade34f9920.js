// <feedpub-feed>: see docs/reference/embed.md of feedpub.
{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .feedpub-feed { display: grid; gap: var(--feedpub-gap, 1.25em); margin: 0; padding: 0; color: var(--feedpub-fg, inherit); list-style: none; overflow-wrap: anywhere }
    .feedpub-item { position: relative; display: flex; gap: 1em; min-block-size: var(--feedpub-row, 7.4em) }
    .feedpub-thumb { flex: none; inline-size: var(--feedpub-thumb, 8em); block-size: max-content; aspect-ratio: 1.6; object-fit: cover; border-radius: var(--feedpub-radius, .5em); background: #8883 }
    .feedpub-words { flex: 1; min-inline-size: 0 }
    .feedpub-title, .feedpub-summary { display: -webkit-box; overflow: hidden; margin: 0; font-size: 1.1em; line-height: 1.35; -webkit-box-orient: vertical; -webkit-line-clamp: var(--feedpub-lines, 2) }
    .feedpub-title a { all: unset; color: var(--feedpub-link, inherit); cursor: pointer }
    .feedpub-title a:hover { text-decoration: underline }
    .feedpub-title a::after { content: ""; position: absolute; inset: 0 }
    .feedpub-title a:focus-visible::after, .feedpub-item:focus-visible { outline: 2px solid; outline-offset: 3px }
    .feedpub-date, .feedpub-summary { margin: .25em 0 0; font-size: .9em; line-height: 1.45; opacity: .8 }
    .feedpub-grid { grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--feedpub-card-min, 15em)), 1fr)) }
    .feedpub-grid .feedpub-item { flex-direction: column; gap: .6em }
    .feedpub-grid .feedpub-thumb { inline-size: auto }
    .feedpub-grid .feedpub-words { min-block-size: var(--feedpub-row, 7.4em) }
    .feedpub-compact .feedpub-item { min-block-size: var(--feedpub-row, 4.5em) }
    .feedpub-compact .feedpub-thumb { inline-size: var(--feedpub-thumb, 5em) }
    .feedpub-headlines { gap: var(--feedpub-gap, .5em) }
    .feedpub-headlines .feedpub-item { min-block-size: var(--feedpub-row, 1.5em) }
    .feedpub-headlines .feedpub-words { display: flex; gap: 1em; justify-content: space-between }
    .feedpub-headlines .feedpub-date { white-space: nowrap }
    :host(:not([hidden])) { display: block }
    .feedpub-words:empty { background: #8882 }
    button { margin-block-start: 1em; font: inherit }`);

  const WORDS = {
    en: { empty: "No articles yet.", error: "The articles did not load.", retry: "Try again", more: "More articles" },
    zh: { empty: "还没有文章。", error: "文章没有加载出来。", retry: "重试", more: "更多文章" },
  };

  const text = (value) => (typeof value === "string" ? value.trim() : "");

  // Null unless it is an address of the web: never "javascript:".
  const web = (value, base) => {
    try {
      const url = new URL(text(value) || "no:", base);
      return /^https?:$/.test(url.protocol) ? url : null;
    } catch {
      return null;
    }
  };

  const set = (element, attributes) => {
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };

  // Children are elements or text, never markup.
  const make = (tag, attributes, ...children) => {
    const element = set(document.createElement(tag), attributes);
    if (attributes?.part) element.className = `feedpub-${attributes.part}`;
    element.append(...children.filter(Boolean));
    return element;
  };

  // "3 days ago", and after four weeks the date.
  const tell = (time, language) => {
    const instant = new Date(time.dateTime);
    const days = Math.round((new Date(instant).setHours(0, 0, 0) - new Date().setHours(0, 0, 0)) / 864e5);
    time.title = instant.toLocaleDateString(language, { dateStyle: "long" });
    time.textContent = Math.abs(days) > 28 ? time.title : new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
    return time;
  };

  class Feed extends HTMLElement {
    static observedAttributes = ["src", "category", "limit", "layout", "heading", "thumbs", "target", "lang", "loading", "refresh", "more"];
    #box = make("div", { tabindex: -1 }, make("slot"));
    #list; #kept; #feed; #shown; #fetching; #timer; #watcher; #changed;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.append(this.#box);
    }

    // Runs once for all attributes that change together.
    connectedCallback() {
      this.disconnectedCallback();
      this.#timer = setTimeout(() => this.#start());
    }

    attributeChangedCallback() {
      this.#changed = this.#list;
      if (this.isConnected) this.connectedCallback();
    }

    disconnectedCallback() {
      this.#fetching?.abort();
      this.#fetching = null;
      this.#watcher?.disconnect();
      clearTimeout(this.#timer);
    }

    #start() {
      const refresh = this.#get("refresh");
      if (!this.#list) {
        this.#kept = this.querySelector("ul.feedpub-feed");
        this.#list = this.#kept || make("ul", { part: "list" });
        for (const time of this.#list.querySelectorAll("time")) tell(time, this.#language);
      }
      if (this.#kept && !this.#changed && refresh === null && !this.#endless) return this.#tell("load");
      // Not again while it is hidden, in use or has grown.
      if (refresh > 0) this.#timer = setInterval(() => document.hidden || this.matches(":focus-within") || this.#shown > this.#limit || this.#load(), Math.max(refresh, 1) * 6e4);
      this.#feed = null;
      this.#shown = this.#limit;
      if (!this.#kept) this.#wait();
      if (this.#get("loading") !== "lazy") return this.#load();
      this.#watcher = new IntersectionObserver(([seen]) => seen.isIntersecting && this.#load());
      this.#watcher.observe(this);
    }

    #get(name) {
      return this.getAttribute(name);
    }

    get #endless() {
      return this.hasAttribute("more");
    }

    get #limit() {
      return Math.min(Math.max(this.#get("limit") || this.#kept?.childElementCount || 10, 1), 50);
    }

    get #layout() {
      return /^(grid|compact|headlines)$/.exec(this.#get("layout"))?.[0] || "list";
    }

    get #thumbs() {
      return this.#get("thumbs") !== "off" && this.#layout !== "headlines";
    }

    get #language() {
      return /^zh/.test(this.closest("[lang]")?.lang || this.#feed?.language) ? "zh" : "en";
    }

    get #address() {
      const src = web(this.#get("src"), document.baseURI);
      if (/\.json$/.test(src.pathname)) return src;
      return web(`${this.#get("category") || "all"}/feed.json`, src.href.replace(/\/*$/, "/"));
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(`feedpub:${name}`, { detail, bubbles: true, composed: true }));
    }

    // In our words, or in those that the page has put into the slot.
    #say(part, tag, attributes) {
      return make(tag, { part, ...attributes }, make("slot", { name: part }, WORDS[this.#language][part]));
    }

    #button(part, act) {
      const button = this.#say(part, "button", { type: "button" });
      button.onclick = act;
      return button;
    }

    #dress(attributes) {
      set(this.#list, { class: `feedpub-feed feedpub-${this.#layout}`, role: this.#endless ? "feed" : "list", ...attributes });
    }

    // Takes the room that the articles will need.
    #wait() {
      const line = make("li", { "aria-hidden": true }, make("article", { part: "item" }, this.#thumbs && make("div", { part: "thumb" }), make("div", { part: "words" })));
      this.#list.replaceChildren(...Array.from({ length: this.#limit }, () => line.cloneNode(true)));
      this.#dress({ "aria-busy": true });
      this.#box.replaceChildren(this.#list);
    }

    async #load(more) {
      this.#fetching?.abort();
      this.#watcher?.disconnect();
      const fetching = (this.#fetching = new AbortController());
      setTimeout(() => fetching.abort(), 2e4);
      try {
        const { origin } = this.#address;
        let feed = more ? this.#feed : { items: [], next: this.#address };
        do {
          const answer = await fetch(feed.next, { signal: fetching.signal, credentials: "omit" });
          if (!answer.ok) throw new Error(answer.status);
          const page = await answer.json();
          const known = new Set(feed.items.map((item) => item.id)); // an archive repeats some
          const items = page.items.filter((item) => item && !known.has(item.id));
          for (const item of items) item.base = answer.url;
          const next = web(page.next_url, answer.url);
          feed = { ...page, ...feed, next: next?.origin === origin && next, items: feed.items.concat(items) };
        } while (more && feed.next && feed.items.length < this.#shown);
        this.#feed = feed;
        this.#draw(more);
      } catch (error) {
        // Unless something else is wanted by now.
        if (this.#fetching === fetching) this.#fail(error, more);
      }
    }

    #fail(error, more) {
      this.#tell("error", error);
      const alert = this.#say("error", "div", { role: "alert" });
      if (more) this.#box.append(alert);
      else if (!this.#kept && !this.#feed) this.#box.replaceChildren(alert, this.#button("retry", () => this.#start()), make("slot"));
    }

    #draw(more) {
      const { items, next, title } = this.#feed;
      const list = this.#list;
      if (!more) list.replaceChildren();
      const from = list.childElementCount;
      list.append(...items.slice(from, this.#shown).map((item, place) => this.#line(item, from + place)));
      this.#dress({ "aria-busy": false, "aria-label": text(title) });
      this.#box.replaceChildren(!items.length ? this.#say("empty", "p") : this.#kept ? make("slot") : list);
      if (this.#endless) {
        const articles = [...list.querySelectorAll("article")];
        articles.forEach((article, place) => set(article, { tabindex: 0, "aria-posinset": place + 1, "aria-setsize": next ? -1 : items.length }));
        if (more) articles[from]?.focus();
        list.onkeydown = (event) => this.#move(event, articles);
        this.#box.append(next || items.length > this.#shown ? this.#button("more", () => this.#readOn()) : make("i", { tabindex: -1 }));
      }
      this.#tell("load");
    }

    #readOn() {
      this.#shown += this.#limit;
      this.#dress({ "aria-busy": true });
      if (this.#feed.next && this.#feed.items.length < this.#shown) this.#load(true);
      else this.#draw(true);
    }

    #line({ url, base, title, summary, date_published, language, image, _feedpub }, place) {
      const link = web(url, base);
      const below = text(summary);
      const name = text(title) || below || "…";
      const target = this.#get("target");
      const level = /^[2-6]$/.exec(this.#get("heading")) || 3;
      const lang = text(language) || text(this.#feed.language);
      const day = new Date(text(date_published));
      const { url: picture, width, height } = _feedpub?.thumbnail || { url: image };
      const src = web(picture, base);
      return make("li", this.#endless && { role: "none" },
        make("article", { part: "item", "aria-label": name, ...(lang && { lang }) },
          // No pictures of other hosts: nobody else is asked for anything.
          this.#thumbs && src?.origin === new URL(base).origin &&
            make("img", { part: "thumb", alt: "", width: 160, height: Math.round((160 * height) / width) || 100, loading: place ? "lazy" : "eager", decoding: "async", src }),
          make("div", { part: "words" },
            make(`h${level}`, { part: "title", dir: "auto" }, link ? make("a", { href: link, ...(target && { target, rel: "noopener" }) }, name) : name),
            !isNaN(day) && make("p", { part: "date", lang: this.#language }, tell(make("time", { datetime: day.toISOString() }), this.#language)),
            name !== below && below && /list|grid/.test(this.#layout) && make("p", { part: "summary", dir: "auto" }, below))));
    }

    // The keys of the ARIA pattern for feeds.
    #move(event, articles) {
      const here = articles.indexOf(event.target.closest("article"));
      const goals = { PageDown: articles[here + 1], PageUp: articles[here - 1] };
      const ends = { Home: this.#box, End: this.#box.lastChild };
      const goal = (event.ctrlKey ? ends : goals)[event.key];
      if (!goal) return;
      event.preventDefault();
      goal.focus();
    }
  }

  customElements.get("feedpub-feed") || customElements.define("feedpub-feed", Feed);
}
