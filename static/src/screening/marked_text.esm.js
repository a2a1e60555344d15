import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A citizen's words with what the screening found marked in them.
 *
 * The marks count characters (code points), as the server does; every piece is a text
 * node, so whatever a citizen writes is shown and never run.
 */
export class SocialMarkedText extends Component {
    static template = "helpdesk_mgmt_social.MarkedText";
    static props = {
        ...standardFieldProps,
        marksField: {type: String, optional: true},
        placeholder: {type: String, optional: true},
    };
    static defaultProps = {marksField: "text_marks"};

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get pieces() {
        const characters = Array.from(this.text);
        const pieces = [];
        let from = 0;
        const add = (to, mark) => {
            if (to > from) {
                const text = characters.slice(from, to).join("");
                pieces.push({key: from, text, ...mark});
                from = to;
            }
        };
        for (const mark of this.props.record.data[this.props.marksField] || []) {
            add(mark.start);
            add(mark.end, {kind: mark.kind, label: mark.label});
        }
        add(characters.length);
        return pieces;
    }
}

registry.category("fields").add("social_marked_text", {
    component: SocialMarkedText,
    displayName: _t("Text with findings"),
    supportedTypes: ["text"],
    extractProps: ({options, placeholder}) => ({
        marksField: options.marks_field,
        placeholder,
    }),
});
