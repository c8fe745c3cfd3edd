"""Bytes to pages, words, boxes and tables."""

builtin: tuple[str, ...] = (
    "assay.read.pdf:PDF",
    "assay.read.image:IMAGE",
    "assay.read.docx:DOCX",
    "assay.read.xlsx:XLSX",
    "assay.read.slides:SLIDES",
    "assay.read.odf:ODF",
    "assay.read.doc:DOC",
    "assay.read.rtf:RTF",
    "assay.read.ppt:PPT",
    "assay.read.flat:FLAT",
    "assay.read.epub:EPUB",
    "assay.read.djvu:DJVU",
    "assay.read.office_legacy:XLS",
    "assay.read.office_legacy:LOCKED",
    "assay.read.mail:MAIL",
    "assay.read.html:HTML",
    "assay.read.text:TEXT",
    "assay.read.converted:CONVERTED",
)
"""Every reader of this package, as "module:CONSTANT", in the order in which they run."""
