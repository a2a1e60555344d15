import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** Suggestions as chips: one tap takes one, or another instead of it. */
export class SocialSuggestionsField extends Component {
    static template = "helpdesk_mgmt_social.Suggestions";
    static props = {...standardFieldProps, top: {type: Number, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.busy = false;
    }

    get kinds() {
        const offers = this.props.record.data[this.props.name] || {};
        const kinds = [
            {key: "topic", label: _t("Topic"), icon: "fa-tag"},
            {key: "territory", label: _t("Location"), icon: "fa-map-marker"},
            {key: "unit", label: _t("Unit"), icon: "fa-users"},
        ];
        return kinds
            .map((kind) => ({...kind, chips: this.shown(offers[kind.key] || [])}))
            .filter((kind) => kind.chips.length);
    }

    /** In a card only what is not taken yet, and only the likeliest. */
    shown(chips) {
        if (!this.props.top) {
            return chips;
        }
        return chips.some((chip) => chip.chosen) ? [] : chips.slice(0, this.props.top);
    }

    hint(chip) {
        return chip.words ? _t("Decided by: %s", chip.words) : "";
    }

    async take(kind, chip) {
        if (this.busy || chip.chosen) {
            return;
        }
        this.busy = true;
        try {
            const record = this.props.record;
            if (await record.isDirty()) {
                await record.save();
            }
            const result = await this.orm.call(
                record.resModel,
                "accept_suggestion",
                [[record.resId], kind, chip.id]
            );
            if (result && result.type) {
                await this.action.doAction(result, {
                    onClose: () => this.reload(),
                });
            } else {
                await this.reload();
            }
        } finally {
            this.busy = false;
        }
    }

    async reload() {
        await this.props.record.load();
    }
}

registry.category("fields").add("social_suggestions", {
    component: SocialSuggestionsField,
    displayName: _t("Suggestions"),
    supportedTypes: ["json", "jsonb"],
    extractProps: ({options}) => ({top: options.top}),
});
