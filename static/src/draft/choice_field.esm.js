import {RadioField, radioField} from "@web/views/fields/radio/radio_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Radio buttons that offer only some of the values of a field: those of the option
 * `only`, or those that the record's field named by `only_field` lists.
 */
export class SocialChoiceField extends RadioField {
    static props = {
        ...RadioField.props,
        only: {type: Array, optional: true},
        onlyField: {type: String, optional: true},
    };

    get items() {
        const {onlyField, record, name} = this.props;
        const only = onlyField ? record.data[onlyField] : this.props.only;
        const present = record.data[name];
        return super.items.filter(
            ([value]) => !only || only.includes(value) || value === present
        );
    }
}

registry.category("fields").add("social_choice", {
    ...radioField,
    component: SocialChoiceField,
    displayName: _t("Choice"),
    supportedTypes: ["selection"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...radioField.extractProps(fieldInfo, dynamicInfo),
        only: fieldInfo.options.only,
        onlyField: fieldInfo.options.only_field,
    }),
});
