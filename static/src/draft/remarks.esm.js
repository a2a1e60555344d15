import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const SIGNS = {
    block: {icon: "fa-times-circle", cls: "o_social_remark_block"},
    warn: {icon: "fa-exclamation-triangle", cls: "o_social_remark_warn"},
};

/**
 * What the checks remark on a draft: what blocks, what they advise, and the citizen's
 * questions as a reminder. A remark with a place can be pressed where ``onSelect`` is
 * given; elsewhere the words themselves are shown. Where a line added to the text mends
 * it, ``onInsert`` takes that line.
 */
export class SocialRemarks extends Component {
    static template = "helpdesk_mgmt_social.Remarks";
    static props = {
        remarks: {type: Array},
        onSelect: {type: Function, optional: true},
        onInsert: {type: Function, optional: true},
    };

    get found() {
        return this.props.remarks.filter((remark) => remark.severity !== "remind");
    }

    get questions() {
        return this.props.remarks.filter((remark) => remark.severity === "remind");
    }

    sign(remark) {
        const word = remark.severity === "block" ? _t("Blocks") : _t("Advice");
        return {...SIGNS[remark.severity], word};
    }

    clause(remark) {
        return remark.clause ? _t("clause %s", remark.clause) : "";
    }

    selectable(remark) {
        return Boolean(this.props.onSelect && remark.excerpt);
    }

    onClick(remark) {
        if (this.selectable(remark)) {
            this.props.onSelect(remark);
        }
    }

    /** The words remarked on, where the sentence does not say them. */
    quote(remark) {
        const {excerpt, message} = remark;
        if (this.props.onSelect || !excerpt || message.includes(excerpt)) {
            return "";
        }
        return excerpt.length > 80 ? excerpt.slice(0, 80) + "…" : excerpt;
    }
}

/** The remarks kept with a submitted draft. */
export class SocialRemarksField extends Component {
    static template = "helpdesk_mgmt_social.RemarksField";
    static components = {SocialRemarks};
    static props = {...standardFieldProps};

    get remarks() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("social_remarks", {
    component: SocialRemarksField,
    displayName: _t("Checks of the draft"),
    supportedTypes: ["json"],
});
