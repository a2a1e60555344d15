import {
    Component,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {DraftKeeper, DraftStore} from "./draft_keeper.esm";
import {useBus, useService, useSpellCheck} from "@web/core/utils/hooks";
import {SocialDraftChecks} from "./draft_checks.esm";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useAutoresize} from "@web/core/utils/autoresize";
import {user} from "@web/core/user";

/**
 * A draft that survives everything: saved while it is written, kept on this device
 * while the connection is lost, restored when the form is opened again.
 */
export class SocialDraftField extends Component {
    static template = "helpdesk_mgmt_social.Draft";
    static components = {SocialDraftChecks};
    static props = {
        ...standardFieldProps,
        placeholder: {type: String, optional: true},
        maxLengthField: {type: String, optional: true},
        autosave: {type: Boolean, optional: true},
        // Who checks the text: this record, or the one that a field names.
        checks: {type: [Boolean, String], optional: true},
        kindField: {type: String, optional: true},
    };
    static defaultProps = {autosave: true};

    setup() {
        this.orm = useService("orm");
        this.textareaRef = useRef("textarea");
        this.state = useState({
            text: this.value,
            status: "clean",
            notice: "",
            kept: "",
        });
        useSpellCheck({refName: "textarea"});
        useAutoresize(this.textareaRef, {minimumHeight: 120});
        this.keeper = null;
        useEffect(
            () => this.open(),
            () => [this.props.record.resId, this.props.readonly]
        );
        useEffect(
            () => this.follow(),
            () => [this.value]
        );
        const {bus} = this.props.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", (ev) => ev.detail.proms.push(this.commit()));
        useBus(bus, "WILL_SAVE_URGENTLY", () => this.update());
        useExternalListener(window, "online", () => this.keeper?.flush());
        useExternalListener(window, "beforeunload", (ev) => {
            if (this.keeper?.unsaved) {
                ev.preventDefault();
            }
        });
        onWillUnmount(() => this.leave());
    }

    // -- what the server has ---------------------------------------------------------

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get keeps() {
        const {autosave, readonly, record} = this.props;
        return autosave && !readonly && Boolean(record.resId);
    }

    /** Begin with a record: look for a text that this device still keeps. */
    open() {
        this.leave();
        this.state.text = this.value;
        this.state.status = "clean";
        this.state.notice = "";
        if (!this.keeps) {
            return;
        }
        const {record, name} = this.props;
        const {resModel, resId} = record;
        const parts = [user.userId, resModel, resId, name];
        const store = new DraftStore(browser.localStorage, parts);
        const keeper = new DraftKeeper({
            store,
            base: this.value,
            save: (text) =>
                this.orm.silent.call(resModel, "save_draft", [[resId], text]),
            onState: (status) => {
                this.state.status = status;
            },
        });
        this.keeper = keeper;
        const kept = store.read();
        if (kept) {
            this.restore(kept);
        }
    }

    /**
     * Bring back a text that the server had not confirmed. What the form shows may
     * come from the browser's cache, so the server is asked what it has.
     *
     * @param {Object} kept text and base of the {@link DraftStore}
     */
    async restore(kept) {
        const {keeper} = this;
        const {record, name} = this.props;
        let current = kept.base;
        try {
            const rows = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                [name]
            );
            current = rows[0][name] || "";
        } catch {
            // No connection: what was typed last on this device counts.
        }
        if (keeper !== this.keeper || keeper.unsaved) {
            return;
        }
        keeper.reset(current);
        if (kept.text === current) {
            keeper.store.clear();
            this.state.text = current;
        } else if (kept.base === current) {
            this.state.text = kept.text;
            this.state.kept = current;
            this.state.notice = "restored";
            keeper.type(kept.text);
        } else {
            // Somebody has changed the draft since: a person decides.
            this.state.text = current;
            this.state.kept = kept.text;
            this.state.notice = "conflict";
        }
    }

    /** The record was read again; what is being typed counts more. */
    follow() {
        if (this.keeper && this.value === this.keeper.base) {
            return;
        }
        if (this.keeper?.unsaved || this.keeper?.running) {
            return;
        }
        this.keeper?.reset(this.value);
        this.state.text = this.value;
    }

    leave() {
        if (this.keeper) {
            this.keeper.flush();
            this.keeper.dispose();
            this.keeper = null;
        }
    }

    // -- what the person types -------------------------------------------------------

    onInput(ev) {
        this.setText(ev.target.value);
    }

    setText(text) {
        this.state.text = text;
        this.keeper?.type(text);
    }

    onChange() {
        if (!this.keeper) {
            this.update();
        }
    }

    /** Give the record the text, so that a pressed button finds it saved. */
    async commit() {
        if (this.keeper) {
            await this.keeper.flush();
        }
        await this.update();
    }

    async update() {
        const {record, name, readonly} = this.props;
        if (!readonly && this.state.text !== this.value) {
            await record.update({[name]: this.state.text});
        }
    }

    // -- notices ---------------------------------------------------------------------

    discardRestored() {
        this.state.notice = "";
        this.setText(this.state.kept);
    }

    keepRestored() {
        this.state.notice = "";
    }

    takeKept() {
        this.state.notice = "";
        this.setText(this.state.kept);
    }

    discardKept() {
        this.state.notice = "";
        this.keeper?.store.clear();
    }

    // -- checks ----------------------------------------------------------------------

    /** The record whose ``check_text`` is asked; none where there is nothing to ask. */
    get checked() {
        const {checks, readonly, record} = this.props;
        if (!checks || readonly) {
            return null;
        }
        if (checks === true) {
            return record.resId ? [record.resModel, record.resId] : null;
        }
        const target = record.data[checks];
        return target ? [record.fields[checks].relation, target.id] : null;
    }

    get draftKind() {
        const {kindField, record} = this.props;
        return (kindField && record.data[kindField]) || false;
    }

    ask(text) {
        const [model, id] = this.checked;
        return this.orm.silent.call(model, "check_text", [[id], text], {
            kind: this.draftKind,
        });
    }

    select(start, end) {
        const {el} = this.textareaRef;
        el.focus();
        el.setSelectionRange(start, end);
        el.scrollIntoView({block: "center", behavior: "smooth"});
    }

    insertLine(line) {
        const text = this.state.text.trimEnd();
        this.setText(text ? `${text}\n${line}` : line);
        this.onChange();
    }

    // -- what is shown ---------------------------------------------------------------

    get length() {
        return [...this.state.text].length;
    }

    get limit() {
        const {maxLengthField, record} = this.props;
        return (maxLengthField && record.data[maxLengthField]) || 0;
    }

    get tooLong() {
        return this.limit > 0 && this.length > this.limit;
    }

    get counter() {
        const {length, limit} = this;
        if (this.tooLong) {
            return _t("%(count)s of %(limit)s characters: too long by %(excess)s", {
                count: length,
                limit,
                excess: length - limit,
            });
        }
        return limit
            ? _t("%(count)s of %(limit)s characters", {count: length, limit})
            : _t("Characters: %s", length);
    }

    get statusText() {
        switch (this.state.status) {
            case "saved":
                return _t("Saved");
            case "offline":
                return _t("Not saved — kept on this device");
            case "refused":
                return _t("Not saved: %s", this.keeper?.message || "");
            default:
                return "";
        }
    }
}

registry.category("fields").add("social_draft", {
    component: SocialDraftField,
    displayName: _t("Draft reply"),
    supportedTypes: ["text"],
    extractProps: ({options, placeholder}) => ({
        placeholder,
        maxLengthField: options.max_length_field,
        autosave: options.autosave ?? true,
        checks: options.checks ?? false,
        kindField: options.kind_field,
    }),
});
