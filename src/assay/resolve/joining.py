"""The grounds on which nodes become one party, in order of strength; what keeps them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from assay.model import Judgement, Problem, Role
from assay.resolve.clusters import Clusters
from assay.resolve.concepts import concept_key
from assay.resolve.likeness import CUT_SHORT, FORMS_DIFFER, Likeness, Verdict, compare
from assay.resolve.names import block_keys
from assay.resolve.nodes import CONTRACTUAL, CORRESPONDING, OPPOSED, Nodes, Sources, said
from assay.resolve.opinion import alike
from assay.resolve.titled import title_keys

BLOCK = 120
"""A key that more nodes than this share tells nothing: the pair must meet under another one."""

MOST_FITTING = 8
"""Where more sets of names than this fit one another, they tell nothing."""

MOST_OPINIONS = 400
"""At most so many undecided pairs go to the second opinion, those of the most mentions first."""


class Joining:
    """Compares once, joins as often as judgements arrive."""

    def __init__(self, sources: Sources, nodes: Nodes) -> None:
        """Compare all names that meet under a key."""
        self.sources = sources
        self.nodes = nodes
        self.problems: list[Problem] = []
        self._verdicts = dict(self._compared())
        self._opposed = self._opposed_roles(OPPOSED)
        self._corresponding = self._opposed_roles(CORRESPONDING)
        self._opinions: list[tuple[int, int]] | None = None

    def _pairs(self) -> Iterator[tuple[int, int]]:
        blocks: dict[str, list[int]] = defaultdict(list)
        for i, node in enumerate(self.nodes.nodes):
            for key in block_keys(node.name):
                blocks[key].append(i)
            for key in title_keys(node.name):
                blocks[key].append(i)
            if node.kind != "person" and (key := concept_key(node.name)):
                blocks[key].append(i)
        seen: set[tuple[int, int]] = set()
        for key in sorted(blocks):
            block = blocks[key]
            if 1 < len(block) <= BLOCK:
                for x, i in enumerate(block):
                    for j in block[x + 1 :]:
                        if (i, j) not in seen:
                            seen.add((i, j))
                            yield i, j

    def _compared(self) -> Iterator[tuple[tuple[int, int], Verdict]]:
        for i, j in self._pairs():
            verdict = compare(self.nodes.nodes[i].name, self.nodes.nodes[j].name)
            if verdict.likeness > Likeness.DIFFERENT:
                yield (i, j), verdict

    @staticmethod
    def _part(clusters: Clusters, pairs: list[tuple[int, int]]) -> None:
        """Keep pairs apart that no stronger ground has joined already."""
        for i, j in pairs:
            if clusters.root(i) != clusters.root(j):
                clusters.part(i, j)

    def _opposed_roles(self, opposed: tuple[tuple[Role, Role], ...]) -> list[tuple[int, int]]:
        """Return the pairs of nodes that hold opposed roles in more exhibits than they share a role in."""
        holders: dict[tuple[str, Role], set[int]] = defaultdict(set)
        for m, n in self.nodes.of_mention.items():
            mention = self.sources.mentions[m]
            holders[mention.exhibit, mention.role].add(n)
        balance: dict[tuple[int, int], int] = defaultdict(int)
        for exhibit, role in sorted(holders):
            for a, b in opposed:
                if role == a:
                    for i in holders[exhibit, a]:
                        for j in holders.get((exhibit, b), ()):
                            balance[min(i, j), max(i, j)] += 1
        shared = CONTRACTUAL if opposed is OPPOSED else CORRESPONDING[0]
        for (_, role), held in sorted(holders.items()):
            if role in shared and len(held) < 40:
                for pair in ((i, j) for i in held for j in held if i < j and (i, j) in balance):
                    balance[pair] -= 1
        return sorted(pair for pair, count in balance.items() if count > 0 and pair[0] != pair[1])

    def clusters(self, decided: list[tuple[Judgement, list[int]]]) -> Clusters:
        """Return the nodes joined on all grounds, the judgements first and above all."""
        clusters = Clusters(len(self.nodes.nodes))
        at = self.nodes.of_mention
        for judgement, about in decided:
            places = [at[m] for m in about if m in at]
            for j in places[1:]:
                if judgement.decision == "same":
                    clusters.join(places[0], j, "")
                else:
                    clusters.part(places[0], j)
        self._part(clusters, self._opposed)
        self._by_identifier(clusters)
        for (i, j), why in self.nodes.equated.items():
            clusters.join(i, j, why, self._conflict)
        self._part(clusters, self._corresponding)
        self._by_name(clusters)
        self._by_role(clusters, by_exhibit=True)
        self._by_role(clusters, by_exhibit=False)
        self._by_signing(clusters)
        self._by_likeness(clusters)
        self._by_role(clusters, by_exhibit=False)
        self._by_opinion(clusters)
        self._weak(clusters)
        self._alone_in_trove(clusters)
        return clusters

    def _written(self, i: int) -> str:
        return min(self.nodes.nodes[i].aliases, key=lambda a: (-len(a), a))

    def _conflict(self, a: list[int], b: list[int]) -> bool:
        """Return whether identifiers or kinds forbid that two sets of nodes are one party."""
        nodes = self.nodes.nodes
        left: dict[str, set[str]] = defaultdict(set)
        right: dict[str, set[str]] = defaultdict(set)
        for members, held in ((a, left), (b, right)):
            for i in members:
                for scheme, value in nodes[i].identifiers:
                    held[scheme].add(value)
        if any(left[s].isdisjoint(right[s]) for s in left.keys() & right.keys()):
            return True
        kinds = [{nodes[i].kind for i in members} - {"unknown"} for members in (a, b)]
        if all(kinds) and ("state" in kinds[0]) != ("state" in kinds[1]):
            return True
        return ("person" in kinds[0]) != ("person" in kinds[1]) if all(kinds) else False

    def _contradicts(self, a: list[int], b: list[int]) -> bool:
        """Return whether, besides `_conflict`, telling names of one script in two sets are plainly two names."""
        if self._conflict(a, b):
            return True
        nodes = self.nodes.nodes
        for i in a[:12]:
            for j in b[:12]:
                x, y = nodes[i], nodes[j]
                if x.weak or y.weak or x.name.script != y.name.script or self._languages_differ(i, j):
                    continue
                if (x.name.kind == "person" or x.name.numbers != y.name.numbers) and (
                    compare(x.name, y.name).likeness == Likeness.DIFFERENT
                ):
                    return True
        return False

    def _plainly_two(self, a: list[int], b: list[int]) -> bool:
        """Return whether, besides `_conflict`, two sets have telling names of one language and nothing in common."""
        if self._conflict(a, b):
            return True
        nodes = self.nodes.nodes
        return any(
            not (nodes[i].weak or nodes[j].weak or nodes[i].only_ocr or nodes[j].only_ocr)
            and nodes[i].name.script == nodes[j].name.script
            and not self._languages_differ(i, j)
            and compare(nodes[i].name, nodes[j].name).likeness == Likeness.DIFFERENT
            for i in a[:12]
            for j in b[:12]
        )

    def _languages_differ(self, i: int, j: int) -> bool:
        languages = [{self.sources.mentions[m].language for m in self.nodes.nodes[n].mentions} for n in (i, j)]
        return languages[0].isdisjoint(languages[1])

    def _by_identifier(self, clusters: Clusters) -> None:
        holders: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, node in enumerate(self.nodes.nodes):
            for identifier in sorted(node.identifiers):
                holders[identifier].append(i)
        for scheme, value in sorted(holders):
            first, *others = holders[scheme, value]
            for j in others:
                clusters.join(first, j, f"the {scheme.upper()} {value} is given for both", self._conflict)

    def _by_name(self, clusters: Clusters) -> None:
        for (i, j), verdict in sorted(self._verdicts.items()):
            nodes = self.nodes.nodes
            if verdict.likeness == Likeness.SAME and not (nodes[i].weak or nodes[j].weak):
                why = f"“{self._written(i)}” and “{self._written(j)}”: {verdict.reason}"
                clusters.join(i, j, why, self._contradicts)

    def _by_role(self, clusters: Clusters, *, by_exhibit: bool) -> None:
        """Join those who, each alone in its language, hold one role in one document or one agreement."""
        held: dict[tuple[str, Role], dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
        for m, n in sorted(self.nodes.of_mention.items()):
            mention = self.sources.mentions[m]
            if mention.role in CONTRACTUAL and mention.kind != "person":
                where = "exhibit " + mention.exhibit if by_exhibit else self.sources.of(mention.exhibit)
                counts = held[where, mention.role][mention.language]
                root = clusters.root(n)
                counts[root] = counts.get(root, 0) + 1
        for (where, role), languages in sorted(held.items()):
            chief = []
            for language in sorted(languages):
                totals: dict[int, int] = defaultdict(int)
                for n, count in languages[language].items():
                    totals[clusters.root(n)] += count
                ranked = sorted(totals, key=lambda n: (-totals[n], n))
                if len(ranked) == 1 or totals[ranked[0]] >= 3 * totals[ranked[1]]:
                    chief.append(ranked[0])
            paper = "one document" if where.startswith("exhibit") else f"the papers of {where}"
            for j in chief[1:]:
                if clusters.root(chief[0]) == clusters.root(j):
                    continue
                both = f"“{self._written(chief[0])}” and “{self._written(j)}”"
                clusters.join(chief[0], j, f"{both} are the {role} in {paper}, each in its language", self._plainly_two)

    def _by_signing(self, clusters: Clusters) -> None:
        """Join those who, each alone in its language, sign one document for one party."""
        held: dict[tuple[str, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for m, n in sorted(self.nodes.of_mention.items()):
            mention = self.sources.mentions[m]
            if mention.role != Role.SIGNATORY or mention.kind != "person" or mention.represents is None:
                continue
            found = self.nodes.find(said(mention.represents), self.sources.of(mention.exhibit))
            if found:
                held[mention.exhibit, clusters.root(found[0])][mention.language].add(n)
        for (_, party), languages in sorted(held.items()):
            alone = [min(ns) for _, ns in sorted(languages.items()) if len({clusters.root(n) for n in ns}) == 1]
            for j in alone[1:]:
                both = f"“{self._written(alone[0])}” and “{self._written(j)}”"
                why = f"{both} sign one document for “{self._written(party)}”"
                clusters.join(alone[0], j, why, self._contradicts)

    def _by_likeness(self, clusters: Clusters) -> None:
        """Join likely pairs that one agreement or exhibit holds, or of which one is only a machine's reading.

        A short form joins only when a single party of that place can be meant.
        """
        nodes = self.nodes.nodes
        meant: dict[tuple[int, str], dict[int, tuple[int, Verdict]]] = defaultdict(dict)
        letters: list[tuple[int, int, Verdict]] = []
        for (i, j), verdict in sorted(self._verdicts.items()):
            if verdict.likeness < Likeness.LIKELY:
                continue
            shared = nodes[i].contexts & nodes[j].contexts
            if verdict.reason == CUT_SHORT:
                rare, common = sorted((i, j), key=lambda n: (len(nodes[n].mentions), n))
                if nodes[rare].only_ocr and shared and self._one_role(i, j):
                    letters.append((rare, common, verdict))
                continue
            if "letter" in verdict.reason or "but for" in verdict.reason:
                rare, common = sorted((i, j), key=lambda n: (len(nodes[n].mentions), n))
                rarely = len(nodes[rare].mentions) * 4 <= len(nodes[common].mentions)
                scanned = nodes[i].only_ocr or nodes[j].only_ocr
                if scanned or (shared and (rarely or self._one_role(i, j))):
                    letters.append((rare, common, verdict))
                continue
            for place in sorted(shared):
                meant[i, place][j] = (j, verdict)
                meant[j, place][i] = (i, verdict)
        for rare, common, verdict in sorted(letters, key=lambda x: (-len(nodes[x[1]].mentions), x[0], x[1])):
            why = f"“{self._written(rare)}” and “{self._written(common)}”: {verdict.reason}"
            clusters.join(rare, common, why, self._contradicts)
        for (i, _), others in sorted(meant.items()):
            roots = {clusters.root(j) for j in others}
            if len(roots - {clusters.root(i)}) == 1 and clusters.root(i) not in roots:
                j, verdict = others[min(others)]
                why = f"“{self._written(i)}” and “{self._written(j)}” in one agreement: {verdict.reason}"
                clusters.join(i, j, why, self._plainly_two)

    def _alone_in_trove(self, clusters: Clusters) -> None:
        """Join a likely pair across agreements when the same names fit both, or all that fit either can be one party.

        A name that is only a part of another one, or a family name alone, is left out.
        """
        meant: dict[int, set[int]] = defaultdict(set)
        fitting: list[tuple[int, int, Verdict]] = []
        for (i, j), verdict in sorted(self._verdicts.items()):
            if verdict.likeness != Likeness.LIKELY or "letter" in verdict.reason or "but for one" in verdict.reason:
                continue
            if verdict.reason == CUT_SHORT:
                continue
            a, b = clusters.root(i), clusters.root(j)
            if a != b and " part of the " not in verdict.reason:
                meant[a].add(b)
                meant[b].add(a)
            weak = any(self.nodes.nodes[n].weak and len(self.nodes.nodes[n].name.words) < 2 for n in (i, j))
            told = "the initial agrees" in verdict.reason or not any(self.nodes.nodes[n].weak for n in (i, j))
            if told and not weak and " part of the " not in verdict.reason:
                fitting.append((i, j, verdict))
        around = {a: fits | {a} for a, fits in meant.items()}
        first = {i: clusters.root(i) for pair in fitting for i in pair[:2]}
        for i, j, verdict in fitting:
            one, other = around.get(first[i], {i}), around.get(first[j], {j})
            if one == other or self._agree(clusters, one | other):
                both = f"“{self._written(i)}” and “{self._written(j)}”"
                why = f"{both}, whom nobody else in this trove fits: {verdict.reason}"
                clusters.join(i, j, why, self._plainly_two)

    def _agree(self, clusters: Clusters, fits: set[int]) -> bool:
        """Return whether no two of some sets of nodes are kept apart or plainly two."""
        roots = sorted({clusters.root(n) for n in fits})
        if len(roots) > MOST_FITTING:
            return False
        return not any(
            clusters.parted(a, b) or self._plainly_two(clusters.members(a), clusters.members(b))
            for x, a in enumerate(roots)
            for b in roots[x + 1 :]
        )

    def _one_role(self, i: int, j: int) -> bool:
        roles = [
            {
                (self.sources.of(m.exhibit), m.role)
                for m in (self.sources.mentions[k] for k in self.nodes.nodes[n].mentions)
            }
            for n in (i, j)
        ]
        return bool(roles[0] & roles[1])

    def _by_opinion(self, clusters: Clusters) -> None:
        """Ask the second opinion on undecided pairs of one agreement or exhibit; join those it takes for one."""
        if self._opinions is None:
            nodes = self.nodes.nodes
            open_pairs = [
                (i, j)
                for (i, j), verdict in sorted(self._verdicts.items())
                if verdict.likeness == Likeness.UNDECIDED
                and verdict.reason not in ("one is a part of the other", FORMS_DIFFER)
                and nodes[i].contexts & nodes[j].contexts
                and clusters.root(i) != clusters.root(j)
            ]
            open_pairs.sort(key=lambda p: (-len(nodes[p[0]].mentions) - len(nodes[p[1]].mentions), p))
            asked = open_pairs[:MOST_OPINIONS]
            names = [(nodes[i].kind, self._written(i), self._written(j)) for i, j in asked]
            answers, problem = alike(names)
            if problem is not None:
                self.problems.append(problem)
            self._opinions = [pair for pair, yes in zip(asked, answers, strict=True) if yes]
        for i, j in self._opinions:
            why = f"“{self._written(i)}” and “{self._written(j)}” in one agreement are alike by nomenklatura's LogicV2"
            clusters.join(i, j, why, self._contradicts)

    def _weak(self, clusters: Clusters) -> None:
        """Join a short form that stands alone with the one party that bears it elsewhere, if there is only one.

        Family names alone are left out: they join only where the full name stands too.
        """
        bearers: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, node in enumerate(self.nodes.nodes):
            if node.weak and node.kind != "person":
                bearers[node.key[0], node.key[1]].append(i)
        for (_, written), held in sorted(bearers.items()):
            known = {clusters.root(i) for i in held if len(clusters.members(i)) > 1}
            if len(known) <= 1:
                for j in held[1:]:
                    clusters.join(held[0], j, f"no other party of this trove is called “{written}”", self._conflict)
