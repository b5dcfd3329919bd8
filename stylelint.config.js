export default {
  extends: "stylelint-config-standard",
  rules: {
    // Rules stand by what they dress, and a dressing for one place may come before that for all others.
    "no-descending-specificity": null,
    // Safari knows it only by its old name.
    "property-no-vendor-prefix": [true, { ignoreProperties: ["-webkit-box-decoration-break"] }],
  },
};
