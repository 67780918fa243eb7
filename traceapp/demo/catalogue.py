"""What the demo plant is made of: sites, products, suppliers, consignees, machines and operators. All of it is made up."""

from dataclasses import dataclass
from typing import Final

from traceapp.formats.gs1 import check_digit

LYON: Final = "LYON"
SUZHOU: Final = "SUZHOU"
SITES: Final = {LYON: "Usine Démo Lyon", SUZHOU: "苏州示范工厂"}
MAKERS: Final = {LYON: "Usine Démo Lyon SAS (fictional)", SUZHOU: "苏州示范工厂有限公司（虚构）"}
REGISTRANT: Final = "Demo Medical Holding (fictional) 示范医疗（虚构）"
"""In whose name the products are registered; both plants make them under contract."""
TIME_ZONES: Final = {SUZHOU: "Asia/Shanghai"}
COMPANY_PREFIX: Final = "952100100"
"""Of the range 952, which GS1 keeps for demonstrations."""


def with_check_digit(digits: str) -> str:
    return digits + check_digit(digits)


def gtin(item: int, indicator: int = 0) -> str:
    return with_check_digit(f"{indicator}{COMPANY_PREFIX}{item:03}")


def gln(party: int) -> str:
    return with_check_digit(f"9521{party:08}")


@dataclass(frozen=True, slots=True)
class Product:
    """owner        code under which its lots are numbered; a product with a GTIN needs none.
    certificate  of its registration, of a pattern that no authority gives out; finished goods alone have one.
    """

    code: str
    line: str
    unit: str
    name: str
    name_zh: str
    owner: str = ""
    certificate: str = ""
    model: str = ""
    specification: str = ""
    risk_class: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    code: str
    name: str
    country: str
    address: str
    role: str


@dataclass(frozen=True, slots=True)
class Machine:
    code: str
    site: str
    name: str
    step: str


INFUSION, HIP, KNEE = "INF", "HIP", "KNE"

BOUGHT: Final = (
    Product("PVC-R7", INFUSION, "KGM", "Medical PVC resin R7", "医用聚氯乙烯树脂 R7", "S-POLY"),
    Product("PLAST-2", INFUSION, "KGM", "Plasticiser 2", "增塑剂 2", "S-CHEM"),
    Product("FILTER-15", INFUSION, "EA", "Fluid filter 15 µm", "15 µm 药液过滤器", "S-FILT"),
    Product("NEEDLE-07", INFUSION, "EA", "Needle 0.7 mm", "0.7 mm 针头", "S-NEED"),
    Product("GLUE-70", INFUSION, "KGM", "Adhesive 70", "粘合剂 70", "S-CHEM"),
    Product("TI-BAR-16", HIP, "KGM", "Titanium bar 16 mm", "16 mm 钛合金棒", "S-META"),
    Product("COCR-P1", KNEE, "KGM", "Cobalt-chromium powder P1", "钴铬合金粉末 P1", "S-META"),
)

COMPOUND: Final = "CMP-07"
TUBE: Final = "TUBE-30"
CHAMBER: Final = "CHM-12"
BULK_SET: Final = "SET-50"
STEM_BLANK: Final = "STEM-B1"
KNEE_BLANK: Final = "KNEE-B1"
INFUSION_SET: Final = gtin(1)
INFUSION_SET_CN: Final = gtin(2)
HIP_STEM: Final = gtin(11)
KNEE_TRAY: Final = gtin(12)
SPARE_KIT: Final = gtin(90)

MADE: Final = (
    Product(COMPOUND, INFUSION, "KGM", "PVC compound", "聚氯乙烯混配料"),
    Product(TUBE, INFUSION, "MTR", "Tube 3.0 mm", "3.0 mm 软管"),
    Product(CHAMBER, INFUSION, "EA", "Drip chamber", "滴斗"),
    Product(BULK_SET, INFUSION, "EA", "Infusion set, not sterile", "输液器（未灭菌）"),
    Product(
        INFUSION_SET,
        INFUSION,
        "EA",
        "Infusion set IS-150, sterile",
        "一次性使用输液器 IS-150（灭菌）",
        certificate="DEMO-REG-0001",
        model="IS-150",
        specification="tube 1.5 m, needle 0.7 mm, filter 15 µm",
        risk_class="IIa",
    ),
    Product(
        INFUSION_SET_CN,
        INFUSION,
        "EA",
        "Infusion set IS-150 CN, sterile",
        "一次性使用输液器 IS-150 国内型（灭菌）",
        certificate="示范注准-DEMO-0002",
        model="IS-150 CN",
        specification="管长 1.5 m，针头 0.7 mm，过滤孔径 15 µm",
        risk_class="III",
    ),
    Product(SPARE_KIT, INFUSION, "EA", "Spare kit for wards", "病区备用包"),
    Product(STEM_BLANK, HIP, "EA", "Hip stem blank, forged", "髋关节柄锻件"),
    Product(
        HIP_STEM,
        HIP,
        "EA",
        "Hip stem HS-9",
        "髋关节柄 HS-9",
        certificate="DEMO-REG-0011",
        model="HS-9",
        specification="size 9, taper 12/14, cementless",
        risk_class="III",
    ),
    Product(KNEE_BLANK, KNEE, "EA", "Knee tray blank, printed", "胫骨托增材件"),
    Product(
        KNEE_TRAY,
        KNEE,
        "EA",
        "Knee tray KT-4",
        "胫骨托 KT-4",
        certificate="示范注准-DEMO-0012",
        model="KT-4",
        specification="4 号，骨水泥型",
        risk_class="III",
    ),
)

SUPPLIERS: Final = (
    Party("S-POLY", "Polymères Démo SARL", "FR", "1 rue de l'Exemple, 69000 Lyon", "supplier"),
    Party("S-CHEM", "Demo Chemie GmbH", "DE", "Musterstraße 2, 50000 Köln", "supplier"),
    Party("S-FILT", "Demo Filter Works Ltd", "GB", "3 Example Road, Leeds", "supplier"),
    Party("S-NEED", "苏州示范针业有限公司", "CN", "苏州市示范路 4 号", "supplier"),
    Party("S-META", "Demo Metals Inc.", "US", "5 Example Avenue, Warsaw IN", "supplier"),
)

DISTRIBUTOR_EUROPE: Final = "D-EUR"
DISTRIBUTOR_ASIA: Final = gln(30)
BANGKOK: Final = gln(31)
NORD, ESTE, SUED, CENTRO, LEEDS, FIRST = "H-FR-01", "H-ES-01", "H-DE-01", "H-IT-01", "H-GB-01", "H-CN-01"

CONSIGNEES: Final = (
    Party(DISTRIBUTOR_EUROPE, "Demo Distribution Europa", "DE", "Lagerallee 1, 20000 Hamburg", "distributor"),
    Party(DISTRIBUTOR_ASIA, "Demo Medical Distribution Asia", "SG", "1 Demo Link, Singapore", "distributor"),
    Party(NORD, "Hôpital Demo Nord", "FR", "1 avenue Démo, 59000 Lille", "hospital"),
    Party(ESTE, "Hospital Demo Este", "ES", "Calle Demo 2, 46000 Valencia", "hospital"),
    Party(SUED, "Klinik Demo Süd", "DE", "Demoweg 3, 80000 München", "hospital"),
    Party(CENTRO, "Ospedale Demo Centro", "IT", "Via Demo 4, 00100 Roma", "hospital"),
    Party(LEEDS, "Demo General Hospital", "GB", "5 Demo Street, Leeds", "hospital"),
    Party(FIRST, "示范市第一医院", "CN", "示范市示范大道 6 号", "hospital"),
    Party(BANGKOK, "Demo University Hospital Bangkok", "TH", "7 Demo Road, Bangkok", "hospital"),
    Party("H-FR-02", 'Clinique Demo « Les "Guillemets" »', "FR", "8 rue d'Exemple; bât. B, 75000 Paris", "hospital"),
    Party("H-EG-01", "مستشفى تجريبي الشمال", "EG", "شارع المثال ٩، القاهرة", "hospital"),
    Party("H-CN-02", "示范县𠮷安医院 🏥", "CN", "示范县１０号（全角）", "hospital"),
    Party("H-XX-01", "'}) DETACH DELETE n //", "XX", '"; DROP TABLE lots; --', "hospital"),
    Party("H-SE-01", "Demosjukhuset Väst", "SE", "Demogatan 12, Göteborg", "hospital"),
    Party("H-PL-01", "Szpital Demo Wschód", "PL", "ul. Przykładowa 13, Lublin", "hospital"),
    Party("H-JP-01", "デモ中央病院", "JP", "東京都見本区 14", "hospital"),
    Party("H-BR-01", "Hospital Demo do Sul", "BR", "Rua Exemplo 15, Porto Alegre", "hospital"),
    Party("H-US-01", "Demo County Hospital", "US", "16 Example Blvd, Springfield", "hospital"),
    Party("H-CA-01", "Hôpital Démo de l'Estuaire", "CA", "17 rue Exemple, Rimouski", "hospital"),
    Party("H-AU-01", "Demo Bay Hospital", "AU", "18 Example Terrace, Hobart", "hospital"),
)

MACHINES: Final = tuple(
    Machine(f"{code}-{number:02}", site, f"{name} {number}", step)
    for site, code, name, step, count in (
        (LYON, "MIX", "Mixer", "compounding", 2),
        (LYON, "EXT", "Extruder", "extrusion", 3),
        (LYON, "INJ", "Injection press", "moulding", 2),
        (LYON, "ASM", "Assembly line", "assembly", 3),
        (LYON, "STE", "Ethylene oxide chamber", "sterilisation", 2),
        (LYON, "FRG", "Forge", "forging", 1),
        (LYON, "CNC", "Machining centre", "machining", 4),
        (SUZHOU, "ASM", "装配线", "assembly", 3),
        (SUZHOU, "STE", "环氧乙烷灭菌柜", "sterilisation", 2),
        (SUZHOU, "SLM", "金属增材设备", "printing", 2),
        (SUZHOU, "CNC", "加工中心", "machining", 3),
    )
    for number in range(1, count + 1)
)

OPERATORS: Final = {LYON: tuple(range(1, 17)), SUZHOU: tuple(range(17, 31))}
"""Operators have numbers and no names."""


def operator(number: int) -> str:
    return f"OP-{number:02}"
