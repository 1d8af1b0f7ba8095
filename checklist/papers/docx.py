"""A Word file with the measures of GB/T 9704-2012: as much of the format (ECMA-376) as a page with one table needs.

Lengths are twentieths of a point, sizes of letters half points, as the format has them. The same content always gives
the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKED = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can tell

# What XML cannot hold at all.
_UNHEARD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# The standard's faces, and what a computer without them has.
FACES = {
    "方正小标宋简体": "宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}


@dataclass(frozen=True)
class Style:
    """How a paragraph looks; the leading is exact. `indent` counts letters from the margin it is aligned to."""

    face: str
    size: int
    leading: int
    alignment: str
    indent: int = 0
    keep_next: bool = False


STYLES = {
    "Normal": Style("仿宋_GB2312", 32, 560, "both"),
    "Mark": Style("黑体", 32, 560, "left"),
    "Title": Style("方正小标宋简体", 44, 640, "center"),
    "Basis": Style("楷体_GB2312", 32, 560, "center"),
    "Head": Style("黑体", 24, 360, "center"),
    "Cell": Style("仿宋_GB2312", 24, 360, "left"),
    "Number": Style("仿宋_GB2312", 24, 360, "center"),
    "Group": Style("楷体_GB2312", 24, 360, "left", keep_next=True),
    "Ending": Style("仿宋_GB2312", 32, 560, "right", indent=4),
    "OddPage": Style("宋体", 28, 360, "right", indent=1),
    "EvenPage": Style("宋体", 28, 360, "left", indent=1),
}

# A4 with its table turned: the head lies at the binding edge (28 mm), the foot at the cut (26 mm), and what are
# the upper and lower margins of an upright page (37 and 35 mm) come to lie right and left.
PAGE = (16838, 11906)
MARGINS = {"top": 1587, "right": 2098, "bottom": 1474, "left": 1984}
WIDTH = PAGE[0] - MARGINS["right"] - MARGINS["left"]  # of the text
_FOOTER = 850  # from the page's edge


def paragraph(text: str, style: str = "Normal") -> str:
    """Return a paragraph; a line break in the text stays one."""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(_UNHEARD.sub("", line))}</w:t>' for line in text.split("\n")
    )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{lines}</w:r></w:p>'


def table(widths: Sequence[int], head: Sequence[str], rows: Sequence[str]) -> str:
    """Return a table over the whole width of the text, its head repeated on every page. `rows` come from `row` and `heading`.

    `widths` are shares of the whole.
    """
    shares = [WIDTH * width // sum(widths) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    borders = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    heads = "".join(_cell(text, "Head") for text in head)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(shares)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>{''.join(rows)}</w:tbl>"
    )


def row(texts: Sequence[str]) -> str:
    """Return a row of a table, which no page break cuts; the first cell is its number."""
    cells = [_cell(text, "Cell" if at else "Number") for at, text in enumerate(texts)]
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def heading(text: str, columns: int) -> str:
    """Return a row of one cell across the table, kept with the row that follows."""
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(text, 'Group', columns)}</w:tr>"


def _cell(text: str, style: str, span: int = 1) -> str:
    across = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr>{across}<w:vAlign w:val="center"/></w:tcPr>{paragraph(text, style)}</w:tc>'


def package(*blocks: str) -> bytes:
    """Return the file that holds these paragraphs and tables on landscape pages with their numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in _parts("".join(blocks)).items():
            info = zipfile.ZipInfo(name, _PACKED)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, _XML + content)
    return out.getvalue()


def _parts(body: str) -> dict[str, str]:
    kinds = {"document": "document.main", "styles": "styles", "settings": "settings", "fontTable": "fontTable"}
    kinds |= {"odd": "footer", "even": "footer"}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{name}.xml"/>'
        for name, kind in kinds.items()
        if name != "document"
    )
    root = f'<Relationship Id="document" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": _relationships(root),
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}{_section()}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(links),
        "word/styles.xml": f"<w:styles {_W}>{''.join(map(_style, STYLES))}</w:styles>",
        "word/settings.xml": f"<w:settings {_W}><w:evenAndOddHeaders/></w:settings>",
        "word/fontTable.xml": f"<w:fonts {_W}>{''.join(map(_face, FACES))}</w:fonts>",
        "word/odd.xml": _page_number("OddPage"),
        "word/even.xml": _page_number("EvenPage"),
    }


def _relationships(links: str) -> str:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )


def _section() -> str:
    edges = " ".join(f'w:{edge}="{length}"' for edge, length in MARGINS.items())
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="odd"/><w:footerReference w:type="even" r:id="even"/>'
        f'<w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}" w:orient="landscape"/>'
        f'<w:pgMar {edges} w:header="{_FOOTER}" w:footer="{_FOOTER}" w:gutter="0"/></w:sectPr>'
    )


def _style(name: str) -> str:
    style = STYLES[name]
    default = ' w:default="1"' if name == "Normal" else ""
    keeps = "<w:keepNext/>" if style.keep_next else ""
    fonts = " ".join(f'w:{script}="{style.face}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    side, letters = style.alignment, style.indent
    # In letters, and for readers that do not count these, in twentieths of a point.
    indent = f'<w:ind w:{side}Chars="{letters * 100}" w:{side}="{letters * style.size * 10}"/>' if letters else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>{keeps}'
        f'<w:spacing w:before="0" w:after="0" w:line="{style.leading}" w:lineRule="exact"/>{indent}<w:jc w:val="{side}"/>'
        f'</w:pPr><w:rPr><w:rFonts {fonts}/><w:sz w:val="{style.size}"/><w:szCs w:val="{style.size}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:style>'
    )


def _face(name: str) -> str:
    return f'<w:font w:name="{name}"><w:altName w:val="{FACES[name]}"/></w:font>'


def _page_number(style: str) -> str:
    text = '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    text += '<w:r><w:t xml:space="preserve"> —</w:t></w:r>'
    return f'<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{text}</w:p></w:ftr>'
