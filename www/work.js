// Saved work, in IndexedDB. It lives outside of WebAssembly, because it is needed most when the
// simulation has stopped: then it must still write what was typed, and take back the last action.
//
// A *work* is one history: its header, its entries (each input as text, written before it is
// carried out), and slots for what only counts as it was last (files, clock). A tab holds
// its work by a lock, so no other tab writes into it; a tab that is opened while all works are held
// gets one of its own. A work knows the one that a reset put aside (`before`).
(() => {
  "use strict";

  const WORKS_MAX = 8;
  const ENTRIES_MAX = 10000;
  const CHARACTERS_MAX = 16e6;
  const STORES = ["works", "entries", "slots"];
  const OWN = "work";

  let db = null;
  // The work of this tab; nothing is stored before there is something to keep.
  let own = null;
  // The one that the last reset put aside.
  let aside = null;
  let problem = null;
  // Values of slots that wait for the write before them.
  const waiting = new Map();
  let isWriting = false;
  const latest = {};

  const fail = (error) => {
    if (problem) return;
    problem = error instanceof Error ? error.message || error.name : String(error);
    db = null;
    dispatchEvent(new Event("worknotsaved"));
  };
  const result = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const finished = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("it was broken off"));
    });
  const all = (id) => IDBKeyRange.bound([id], [id, []]);

  /** Writes in one transaction, which is on its way when this returns. */
  const write = (act) => {
    if (!db) return Promise.resolve();
    try {
      const transaction = db.transaction(STORES, "readwrite");
      const [works, entries, slots] = STORES.map((name) => transaction.objectStore(name));
      act(works, entries, slots);
      const end = finished(transaction);
      transaction.commit?.();
      end.catch(fail);
      return end;
    } catch (error) {
      fail(error);
      return Promise.resolve();
    }
  };

  const open = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open("daemonset-playground", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("works", { keyPath: "id" });
        request.result.createObjectStore("entries");
        request.result.createObjectStore("slots");
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        request.result.onclose = () => fail("the storage was closed");
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("the storage is in use"));
    });

  const tab = (id) => {
    try {
      if (id !== undefined) sessionStorage.setItem(OWN, id);
      return sessionStorage.getItem(OWN);
    } catch {
      return null;
    }
  };

  /** Holds a work for as long as this page lives; false if another tab holds it. */
  const hold = (id, patience) =>
    new Promise((resolve) => {
      // Without locks a tab trusts in nothing but what it has made itself.
      if (!navigator.locks) return void resolve(id === tab());
      const options = { ifAvailable: true };
      if (patience) {
        // The page before a reload may not be gone yet.
        delete options.ifAvailable;
        options.signal = AbortSignal.timeout(patience);
      }
      navigator.locks
        .request(`work/${id}`, options, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise(() => {});
        })
        .catch(() => resolve(false));
    });

  const remove = (id, works, entries, slots) => {
    works.delete(id);
    entries.delete(all(id));
    slots.delete(all(id));
  };

  /** Everything of a work, as the codec of the page reads it. */
  const read = async (work) => {
    const transaction = db.transaction(STORES);
    const rows = result(transaction.objectStore("entries").getAll(all(work.id)));
    const names = result(transaction.objectStore("slots").getAllKeys(all(work.id)));
    const values = result(transaction.objectStore("slots").getAll(all(work.id)));
    const [entries, keys, texts] = await Promise.all([rows, names, values]);
    const slots = {};
    keys.forEach((key, index) => (slots[key[1]] = texts[index]));
    return { header: work.header, entries, slots };
  };

  /** The work of this tab, else the one that was changed last and is nobody's. */
  const choose = async () => {
    const works = await result(db.transaction("works").objectStore("works").getAll());
    works.sort((one, other) => other.changed - one.changed);
    const named = (id) => works.find((it) => it.id === id);
    const mine = named(tab());
    if (mine && !mine.unreadable) {
      if (await hold(mine.id, 500)) return { work: mine, before: named(mine.before) };
      // The tab was duplicated: it goes on from there with a copy.
      return { work: mine, isCopy: true };
    }
    const aside = new Set(works.map((it) => it.before));
    for (const work of works) {
      if (!aside.has(work.id) && !work.unreadable && (await hold(work.id))) {
        return { work, before: named(work.before) };
      }
    }
    return {};
  };

  const fresh = (header, entries, before) => ({
    id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
    header,
    before,
    opening: entries,
    isStored: false,
    count: 0,
    characters: 0,
    action: 0,
    line: "",
  });

  /** A work that is stored, to go on with. */
  const stored = (work, entries) => {
    const last = entries.at(-1);
    return {
      ...fresh(work.header, [], work.before),
      id: work.id,
      isStored: true,
      count: entries.length,
      characters: entries.reduce((sum, it) => sum + it.text.length, 0),
      action: last?.action ?? 0,
      line: last?.line ?? "",
    };
  };

  const record = (work) => {
    const { id, header, before } = work;
    return { id, header, before, changed: Date.now() };
  };

  /** Adds to the entries of the own work, within the transaction of its first use if need be. */
  const add = (texts, works, entries) => {
    works.put(record(own));
    for (const text of texts) {
      own.characters += text.length;
      entries.put({ action: own.action, line: own.line, text }, [own.id, own.count]);
      own.count += 1;
    }
  };

  /** The first write of a work stores what it begins with. */
  const begin = (works, entries) => {
    if (own.isStored) return;
    own.isStored = true;
    const { action, line } = own;
    Object.assign(own, { action: 0, line: "" });
    add(own.opening, works, entries);
    Object.assign(own, { action, line });
    own.opening = [];
    tab(own.id);
    hold(own.id);
    void forget();
  };

  /** Works beyond the limit go, the oldest first, unless a tab holds them. */
  const forget = async () => {
    if (!db) return;
    const works = await result(db.transaction("works").objectStore("works").getAll());
    const state = await navigator.locks?.query();
    const held = new Set(state?.held?.map((it) => it.name));
    const kept = new Set([own.id, own.before]);
    works.sort((one, other) => other.changed - one.changed);
    const old = works.slice(WORKS_MAX).filter((it) => !kept.has(it.id));
    for (const { id } of old.filter((it) => !held.has(`work/${it.id}`))) {
      write((...stores) => remove(id, ...stores));
    }
  };

  const putValue = (slots, name, value) => {
    if (value === null) slots.delete([own.id, name]);
    else slots.put(value, [own.id, name]);
  };

  /** What was typed goes along from one work to the next. */
  const putFiles = (slots) => {
    for (const [name, value] of Object.entries(latest)) {
      if (name.startsWith("file")) putValue(slots, name, value);
    }
  };

  /** Writes the slots that changed; one write at a time, unless they must go now. */
  const pump = (now) => {
    if ((isWriting && !now) || waiting.size === 0 || !db || !own) return;
    const values = [...waiting];
    waiting.clear();
    isWriting = true;
    const end = write((works, entries, slots) => {
      begin(works, entries);
      works.put(record(own));
      for (const [name, value] of values) putValue(slots, name, value);
    });
    const next = () => {
      isWriting = false;
      pump();
    };
    end.then(next, next);
  };

  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the storage does not answer")), 3000);
  });
  late.catch(() => {});

  const opened = (async () => {
    db = await Promise.race([open(), late]);
    const { work, before, isCopy } = await Promise.race([choose(), late]);
    if (!work) return {};
    const found = await read(work);
    own = stored(work, found.entries);
    Object.assign(latest, found.slots);
    if (isCopy) {
      own.id = fresh().id;
      own.before = undefined;
      hold(own.id);
      write((works, entries, slots) => {
        works.put(record(own));
        found.entries.forEach((it, index) => entries.put(it, [own.id, index]));
        for (const [name, value] of Object.entries(found.slots)) putValue(slots, name, value);
      });
    }
    tab(own.id);
    if (!before || !(await hold(before.id, 500))) return found;
    const foundAside = await read(before);
    aside = stored(before, foundAside.entries);
    return { ...found, before: foundAside };
  })().catch((error) => {
    fail(error);
    return {};
  });

  window.savedWork = {
    /** Calls back with what there is, as JSON: a work, and the one before its reset, or null. */
    open(callback) {
      const text = (work) => (work?.header ? JSON.stringify(work) : null);
      void opened.then(({ before, ...work }) => callback(text(work), text(before)));
    },
    /** Why nothing is saved, or nothing. */
    problem: () => problem ?? undefined,
    /** A new history. With `isReset` the one before it is put aside, else it is left behind. */
    start(header, entries, isReset) {
      pump(true);
      if (own?.header === "") {
        // It was left empty by the page before, which could not know how a work begins.
        Object.assign(own, { header, opening: entries, isStored: false });
        return;
      }
      const before = isReset && own?.isStored ? own.id : undefined;
      const gone = before && own.before;
      aside = before ? own : null;
      own = fresh(header, entries, before);
      if (!before) return;
      write((works, entries, slots) => {
        if (gone) remove(gone, works, entries, slots);
        begin(works, entries);
        putFiles(slots);
      });
    },
    /** What was found cannot be read: it stays where it is and is not opened again. */
    refuse() {
      if (!own) return;
      const { id, header } = own;
      write((works) => works.put({ id, header, changed: Date.now(), unreadable: true }));
      for (const name of Object.keys(latest)) delete latest[name];
      own = null;
    },
    /** Puts the work before the last reset in the place of this one. */
    back() {
      if (!aside) return;
      pump(true);
      const gone = own.id;
      [own, aside] = [aside, null];
      tab(own.id);
      write((works, entries, slots) => {
        remove(gone, works, entries, slots);
        works.put(record(own));
        putFiles(slots);
      });
    },
    /** A new action begins; `line` says it in words. */
    action(line) {
      if (own) Object.assign(own, { action: own.action + 1, line });
    },
    /** Keeps an input. The write is on its way when this returns. */
    append(text) {
      if (!own || !db) return;
      if (own.count >= ENTRIES_MAX || own.characters + text.length > CHARACTERS_MAX) {
        return fail("there is too much of it");
      }
      write((works, entries) => {
        begin(works, entries);
        add([text], works, entries);
      });
    },
    /** Keeps a value in place of the one before, or none. `later` waits for something to keep. */
    put(name, value, later) {
      latest[name] = value;
      if (later && !own?.isStored) return;
      waiting.set(name, value);
      // It comes about once a second, and as the last thing before the page goes.
      pump(name === "clock");
    },

    // For the page that stands there when the simulation has stopped.

    /** The last action in words, if there is one that can be taken back. */
    last: () => (own?.isStored && own.action > 0 ? own.line || "the last action" : null),
    /** Whether the work of this tab is stored. */
    isSaved: () => Boolean(db && own?.isStored),
    /** The files as they were typed last. */
    texts() {
      const files = Object.keys(latest).filter((it) => it.startsWith("file/") && latest[it] !== null);
      return files.map((it) => JSON.parse(latest[it]).text).join("\n---\n");
    },
    /** Everything of this work, for a report. */
    async all() {
      return db && own?.isStored ? JSON.stringify(await read(own), null, 1) : "";
    },
    /** Takes the last action back. */
    async dropLast() {
      const rows = await result(db.transaction("entries").objectStore("entries").getAll(all(own.id)));
      await write((_works, entries) => {
        rows.forEach((row, index) => {
          if (row.action === own.action) entries.delete([own.id, index]);
        });
      });
    },
    /** The next page begins anew; this work is put aside as by a reset. */
    async leave() {
      const before = own?.isStored ? own.id : undefined;
      own = fresh("", [], before);
      await write((works) => works.put(record(own)));
      tab(own.id);
    },
  };
})();
