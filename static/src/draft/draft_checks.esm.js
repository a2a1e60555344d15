import {
    Component,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useState,
} from "@odoo/owl";
import {DraftChecker} from "./draft_checker.esm";
import {SocialRemarks} from "./remarks.esm";
import {_t} from "@web/core/l10n/translation";

/** The checks of a draft under its editor, renewed while it is written. */
export class SocialDraftChecks extends Component {
    static template = "helpdesk_mgmt_social.DraftChecks";
    static components = {SocialRemarks};
    static props = {
        text: {type: String},
        // What else an answer depends on: asked again at once when it changes.
        subject: {type: String},
        ask: {type: Function},
        onSelect: {type: Function},
        onInsert: {type: Function},
    };

    setup() {
        this.state = useState({status: "asking", remarks: [], text: ""});
        this.checker = new DraftChecker({
            ask: (text) => this.props.ask(text),
            onState: (status) => {
                this.state.status = status;
            },
            onAnswer: (remarks, text) => {
                this.state.remarks = remarks;
                this.state.text = text;
            },
        });
        this.subject = null;
        useEffect(
            (text, subject) => {
                if (subject === this.subject) {
                    this.checker.type(text);
                } else {
                    this.subject = subject;
                    this.checker.check(text);
                }
            },
            () => [this.props.text, this.props.subject]
        );
        useExternalListener(window, "online", () => this.checker.check());
        onWillUnmount(() => this.checker.dispose());
    }

    /** Where the words of ``remark`` are now, though they may have moved since. */
    select(remark) {
        const {excerpt, start} = remark;
        const {text} = this.props;
        // The server counts characters, the browser counts their halves.
        const before = [...this.state.text].slice(0, start).join("").length;
        let from = before;
        if (text.slice(before, before + excerpt.length) !== excerpt) {
            from = text.indexOf(excerpt);
        }
        if (from >= 0) {
            this.props.onSelect(from, from + excerpt.length);
        }
    }

    get counts() {
        const {remarks} = this.state;
        return {
            block: remarks.filter((remark) => remark.severity === "block").length,
            warn: remarks.filter((remark) => remark.severity === "warn").length,
        };
    }

    get summary() {
        const {block, warn} = this.counts;
        switch (this.state.status) {
            case "offline":
                return _t("The checks wait for the connection");
            case "refused":
                return _t("This text cannot be checked now");
            case "waiting":
            case "asking":
                return _t("Checking…");
        }
        if (block) {
            return _t("Blocking: %(block)s, advice: %(warn)s", {block, warn});
        }
        if (warn) {
            return _t("Advice: %s", warn);
        }
        return this.state.text.trim()
            ? _t("No remarks")
            : _t("They begin with the first words");
    }

    get summaryIcon() {
        const {block, warn} = this.counts;
        if (this.state.status === "offline") {
            return "fa-chain-broken";
        }
        const done = this.state.status === "done" && this.state.text.trim();
        return done && !block && !warn ? "fa-check" : "";
    }

    get summaryClass() {
        if (this.state.status === "offline") {
            return "text-danger";
        }
        return this.summaryIcon ? "text-success" : "text-muted";
    }
}
