"""What the benchmark's public writes."""

TEXTS = (
    "Lost my purse on the 47 bus, brown leather, who do I ring?",
    "Loud music again at number {n} Mill Lane, third night running",
    "someone is breaking in next door right now, two lads with a crowbar, {n} Elm Road",
    "How do I get a crime reference number for my insurance claim?",
    "Two cars crashed at the roundabout by the station, one is on its side, woman trapped",
    "Thanks to the officer who helped my mum yesterday",
    "Bike stolen from outside the library this morning, blue Carrera, lock cut. Ref {n}",
    "is the road past the school still closed",
)


def write_text(number: int) -> str:
    """Return one of the texts, made different by its number."""
    return TEXTS[number % len(TEXTS)].format(n=number) + f" #{number}"
