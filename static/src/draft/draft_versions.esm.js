import {Component} from "@odoo/owl";
import {formatMoment} from "../deadline/moment.esm";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Versions of a draft as they were submitted, each with what changed in it. */
export class SocialDraftVersionsField extends Component {
    static template = "helpdesk_mgmt_social.DraftVersions";
    static props = {...standardFieldProps};

    get versions() {
        const {records} = this.props.record.data[this.props.name];
        const count = records.length;
        return records.map(({id, data}, index) => ({
            id,
            number: count - index,
            at: data.submitted_at ? formatMoment(data.submitted_at) : "",
            who: data.submitted_by_id ? data.submitted_by_id.display_name : "",
            decision: data.decision,
            remarks: data.remarks || "",
            reasons: data.reason_ids.records.map((reason) => reason.data.display_name),
            // [kind, text] pairs; the first version is new as a whole.
            pieces: data.difference || [["same", data.body]],
        }));
    }
}

registry.category("fields").add("social_draft_versions", {
    component: SocialDraftVersionsField,
    supportedTypes: ["one2many"],
    relatedFields: [
        {name: "body", type: "text"},
        {name: "difference", type: "json"},
        {name: "submitted_at", type: "datetime"},
        {name: "submitted_by_id", type: "many2one", relation: "res.users"},
        {
            name: "decision",
            type: "selection",
            selection: [
                ["approved", ""],
                ["rework", ""],
            ],
        },
        {name: "remarks", type: "text"},
        {
            name: "reason_ids",
            type: "many2many",
            relation: "helpdesk.social.rework.reason",
            related: {
                fields: {display_name: {name: "display_name", type: "char"}},
                activeFields: {display_name: {}},
            },
        },
    ],
});
