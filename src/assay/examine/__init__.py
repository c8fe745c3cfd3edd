"""How far can it be trusted? Each examination answers with findings."""

builtin: tuple[str, ...] = (
    "assay.examine.pdf.revdiff:REVDIFF",
    "assay.examine.pdf.overlay:OVERLAY",
    "assay.examine.pdf.hidden:HIDDEN",
    "assay.examine.pdf.dates:DATES",
    "assay.examine.pdf.writer:WRITER",
    "assay.examine.pdf.producerdate:PRODUCERDATE",
    "assay.examine.pdf.fontdate:FONTDATE",
    "assay.examine.pdf.pagemix:PAGEMIX",
    "assay.examine.pdf.subset:SUBSET_TAGS",
    "assay.examine.pdf.imgreuse:IMGREUSE",
    "assay.examine.pdf.active:ACTIVE",
    "assay.examine.office.track:TRACK",
    "assay.examine.office.times:TIME",
    "assay.examine.office.container:ZIP",
    "assay.examine.office.oleprops:PROPS",
    "assay.examine.office.active:OFFICE_ACTIVE",
    "assay.examine.office.sessions:RSID",
    "assay.examine.content.sums:SUM",
    "assay.examine.content.words:WORDS",
    "assay.examine.content.ids:IDS",
    "assay.examine.content.parity:PARITY",
    "assay.examine.content.weekday:WEEKDAY",
    "assay.examine.content.phone:PHONE",
    "assay.examine.content.anachronism:ANACHRONISM",
    "assay.examine.mail.chain:CHAIN",
    "assay.examine.file.tail:TAIL",
    "assay.examine.file.stage:STAGE",
    "assay.examine.file.type:TYPE",
    "assay.examine.signature.pdf:PADES",
    "assay.examine.signature.pdf:SIGDIFF",
    "assay.examine.signature.cades:CADES",
    "assay.examine.signature.national:GOST",
    "assay.examine.signature.national:SM2",
    "assay.examine.signature.detached:DETACHED",
    "assay.examine.trove.gaps:GAPS",
    "assay.examine.trove.versions:VERSIONS",
)
"""Every examination of this package, as "module:CONSTANT", in the order in which they run."""

syntheses: tuple[str, ...] = ("assay.examine.axes:AXES",)
"""Every synthesis of findings, run after all examinations."""
