/** Pause in typing after which a draft is saved. */
const PAUSE = 1000;
/** Time between tries while the connection is lost. */
const RETRY = 5000;
const PREFIX = "helpdesk_social_draft";

/**
 * The texts that this device keeps until the server has them. A browser that forbids
 * to keep anything only loses this safety net.
 */
export class DraftStore {
    /**
     * @param {Storage} storage
     * @param {Array} parts what the key consists of: user, model, record, field
     */
    constructor(storage, parts) {
        this.storage = storage;
        this.key = [PREFIX, ...parts].join(":");
    }

    read() {
        try {
            return JSON.parse(this.storage.getItem(this.key));
        } catch {
            return null;
        }
    }

    write(text, base) {
        try {
            this.storage.setItem(this.key, JSON.stringify({text, base}));
        } catch {
            // Full or forbidden.
        }
    }

    clear() {
        try {
            this.storage.removeItem(this.key);
        } catch {
            // Forbidden.
        }
    }
}

/**
 * Saves what is being typed, in order and without losing any of it.
 *
 * States: "clean" (nothing typed), "typing", "saving", "saved", "offline" (kept on this
 * device, tried again by itself), "refused" (the server said why in ``message``).
 */
export class DraftKeeper {
    /**
     * @param {Object} options
     * @param {DraftStore} options.store
     * @param {Function} options.save async, takes the text; fails with an error that
     *  has ``data`` where the server refused it
     * @param {Function} options.onState called with each new state
     * @param {String} options.base the text that the server has
     */
    constructor({store, save, onState, base}) {
        this.store = store;
        this.save = save;
        this.onState = onState;
        this.base = base;
        this.text = base;
        this.message = "";
        this.timer = null;
        this.running = null;
        this.state = "clean";
        this.disposed = false;
    }

    get unsaved() {
        return this.text !== this.base;
    }

    /** Keep ``text`` at once and save it after a pause. */
    type(text) {
        this.text = text;
        if (this.unsaved) {
            this.store.write(text, this.base);
            this._setState("typing");
            this._later(PAUSE);
        } else if (this.running) {
            this._later(PAUSE);
        } else {
            this._done();
        }
    }

    /** The server's text has changed by other means than this editor. */
    reset(base) {
        this._stop();
        this.base = base;
        this.text = base;
        this._setState("clean");
    }

    /**
     * Save now what is not saved yet.
     *
     * @returns {Promise<Boolean>} whether the server has everything
     */
    async flush() {
        this._stop();
        while (this.running) {
            await this.running;
        }
        this._stop();
        if (!this.unsaved) {
            return this.state !== "refused";
        }
        this.running = this._send(this.text);
        try {
            return await this.running;
        } finally {
            this.running = null;
        }
    }

    /** The editor is gone; what is under way still ends. */
    dispose() {
        this._stop();
        this.disposed = true;
        this.onState = () => {};
    }

    async _send(text) {
        this._setState("saving");
        try {
            await this.save(text);
        } catch (error) {
            const refused = Boolean(error && error.data);
            this.message = refused ? error.data.message || "" : "";
            this._setState(refused ? "refused" : "offline");
            if (!refused) {
                this._later(RETRY);
            }
            return false;
        }
        this.base = text;
        if (this.unsaved) {
            // Typed meanwhile.
            this.store.write(this.text, this.base);
            this._setState("typing");
            this._later(PAUSE);
        } else {
            this._done();
        }
        return true;
    }

    _done() {
        this._stop();
        this.store.clear();
        this.message = "";
        this._setState("saved");
    }

    _later(delay) {
        this._stop();
        if (!this.disposed) {
            this.timer = setTimeout(() => this.flush(), delay);
        }
    }

    _stop() {
        clearTimeout(this.timer);
        this.timer = null;
    }

    _setState(state) {
        this.state = state;
        this.onState(state);
    }
}
