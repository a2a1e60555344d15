import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Links and files of the regulation, folded until somebody wants them. */
export class SocialMaterialsField extends Component {
    static template = "helpdesk_mgmt_social.Materials";
    static props = {...standardFieldProps};

    get materials() {
        return this.props.record.data[this.props.name].records.map(
            ({resId, data: {name, url, href}}) => ({
                id: resId,
                name,
                href,
                icon: url ? "fa-external-link" : "fa-download",
            })
        );
    }
}

registry.category("fields").add("social_materials", {
    component: SocialMaterialsField,
    displayName: _t("Methodical materials"),
    supportedTypes: ["many2many", "one2many"],
    relatedFields: [
        {name: "name", type: "char"},
        {name: "url", type: "char"},
        {name: "href", type: "char"},
    ],
});
