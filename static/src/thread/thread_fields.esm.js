import {Component} from "@odoo/owl";
import {FileModel} from "@web/core/file_viewer/file_model";
import {_t} from "@web/core/l10n/translation";
import {formatMoment} from "../deadline/moment.esm";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useFileViewer} from "@web/core/file_viewer/file_viewer_hook";

/** Photos of a message: small, and large when clicked. */
export class SocialPhotosField extends Component {
    static template = "helpdesk_mgmt_social.Photos";
    static props = {...standardFieldProps};

    setup() {
        this.viewer = useFileViewer();
    }

    get files() {
        return this.props.record.data[this.props.name].records.map((record) =>
            Object.assign(new FileModel(), {
                id: record.resId,
                name: record.data.name,
                mimetype: record.data.mimetype,
                type: "binary",
            })
        );
    }

    thumbnail(file) {
        return `/web/image/${file.id}/192x192`;
    }

    label(index) {
        return _t("Photo %s", index + 1);
    }

    open(index) {
        const files = this.files;
        this.viewer.open(files[index], files);
    }
}

registry.category("fields").add("social_photos", {
    component: SocialPhotosField,
    displayName: _t("Photos"),
    supportedTypes: ["many2many"],
    relatedFields: [
        {name: "name", type: "char"},
        {name: "mimetype", type: "char"},
    ],
});

/** Earlier texts of a message that its author edited. */
export class SocialVersionsField extends Component {
    static template = "helpdesk_mgmt_social.Versions";
    static props = {...standardFieldProps};

    /** Whether the text is a reply of ours: then no author has edited it. */
    get own() {
        return this.props.record.data.direction === "out";
    }

    get versions() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            id: record.id,
            text: record.data.text,
            at: record.data.at ? formatMoment(record.data.at) : "",
        }));
    }
}

registry.category("fields").add("social_versions", {
    component: SocialVersionsField,
    displayName: _t("Earlier texts"),
    supportedTypes: ["one2many"],
    relatedFields: [
        {name: "text", type: "text"},
        {name: "at", type: "datetime"},
    ],
});
