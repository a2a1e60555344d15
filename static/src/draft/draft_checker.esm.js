/** Pause in typing after which a draft is checked. */
const PAUSE = 700;
/** Time between tries while the connection is lost. */
const RETRY = 5000;

/**
 * Has a text checked while it is being written: after a pause, one question at a time,
 * and only the answer about the last text counts.
 *
 * States: "waiting" (typing), "asking", "done", "offline" (asked again by itself),
 * "refused" (the server does not check this text).
 */
export class DraftChecker {
    /**
     * @param {Object} options
     * @param {Function} options.ask async, takes the text, gives remarks; fails with an
     *  error that has ``data`` where the server refused
     * @param {Function} options.onState called with each new state
     * @param {Function} options.onAnswer called with remarks and the text they are on
     */
    constructor({ask, onState, onAnswer}) {
        this.ask = ask;
        this.onState = onState;
        this.onAnswer = onAnswer;
        this.text = "";
        this.asked = 0;
        this.timer = null;
    }

    /** Check ``text`` after a pause. */
    type(text) {
        this.text = text;
        this.asked += 1;
        this.onState("waiting");
        this._later(PAUSE);
    }

    /** Check ``text``, or the last one, at once. */
    async check(text = this.text) {
        this._stop();
        this.text = text;
        this.asked += 1;
        const number = this.asked;
        this.onState("asking");
        let remarks = [];
        try {
            remarks = await this.ask(text);
        } catch (error) {
            if (number === this.asked) {
                const refused = Boolean(error && error.data);
                this.onState(refused ? "refused" : "offline");
                if (!refused) {
                    this._later(RETRY);
                }
            }
            return;
        }
        if (number === this.asked) {
            this.onAnswer(remarks, text);
            this.onState("done");
        }
    }

    /** The editor is gone; an answer under way is not heard. */
    dispose() {
        this._stop();
        this.asked += 1;
    }

    _later(delay) {
        this._stop();
        this.timer = setTimeout(() => this.check(), delay);
    }

    _stop() {
        clearTimeout(this.timer);
        this.timer = null;
    }
}
