#!/usr/bin/env python3
"""Converts a published sentence encoder into a folder for `bot.encoder`: weights.bin and vocab.txt, and encoder.toml if there is a prefix.

    python3 -m venv v && v/bin/pip install numpy==2.4.6
    v/bin/python encoder/model/convert.py PUBLISHED FOLDER [--prefix "query: "]

PUBLISHED is the folder as it is published: model.safetensors, tokenizer.json and config.json, beside them perhaps modules.json and
1_Pooling/config.json. It must be a BERT or XLM-RoBERTa of 384 numbers whose vector is the mean of its tokens, with word pieces in
small letters (WordPiece) or a unigram vocabulary (SentencePiece). Anything else is refused with the reason; nothing is written then.

--prefix is what the encoder was trained to find before each text, questions and answers alike. Where PUBLISHED tells of such (prompts in
config_sentence_transformers.json) it must be said, be it "".

With `--reference`, and with the package tokenizers (0.23.3) in place of a folder, it makes `../tests/unigram.json`: a small unigram
vocabulary learnt from the project's own texts, and what the published tokeniser makes of some texts with it.
"""

import json
import pathlib
import sys

import numpy as np

from make import DIM, GROUP, HERE, layer_names, model_file, tensors

MARKS = {"WordPiece": ("[CLS]", "[SEP]", "[UNK]"), "Unigram": ("<s>", "</s>", "<unk>")}
# The widest margin of a norm's division that makes no difference to be seen.
EPSILON_MAX = 1e-8
# As the program has it (ENCODER_PREFIX_BYTES_MAX).
PREFIX_BYTES_MAX = 100


def refuse(why):
    sys.exit(f"This encoder cannot be converted: {why}.")


def need(holds, why):
    if not holds:
        refuse(why)


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        refuse(f"{path} cannot be read: {error}")


def check_shape(config):
    """Heads, layers and the first place that is used."""
    kind = config.get("model_type")
    need(kind in ("bert", "xlm-roberta", "roberta"), f"it is of the kind {kind}, not bert or xlm-roberta")
    need(config.get("hidden_size") == DIM, f"its vectors have {config.get('hidden_size')} numbers, not {DIM}")
    need(config.get("hidden_act") == "gelu", f"it bends by {config.get('hidden_act')}, not gelu")
    places = config.get("position_embedding_type", "absolute")
    need(places == "absolute", f"its places are {places}, not absolute")
    epsilon = config.get("layer_norm_eps", 1e-12)
    need(epsilon <= EPSILON_MAX, f"its layer_norm_eps is {epsilon}, and the program reckons with 1e-12")
    heads, layers = config["num_attention_heads"], config["num_hidden_layers"]
    need(DIM % heads == 0, f"{heads} heads do not share {DIM} numbers evenly")
    need(config["intermediate_size"] % GROUP == 0, f"its inner width is no multiple of {GROUP}")
    # Those of RoBERTa's kind begin to count behind the place of the filler.
    first = 0 if kind == "bert" else config.get("pad_token_id", 1) + 1
    return heads, layers, first


def check_pooling(folder):
    modules = folder / "modules.json"
    if modules.exists():
        kinds = [module["type"].rsplit(".", 1)[-1] for module in read_json(modules)]
        other = [kind for kind in kinds if kind not in ("Transformer", "Pooling", "Normalize")]
        need(not other, f"it has a step that the program does not have: {', '.join(other)}")
    pooling = folder / "1_Pooling" / "config.json"
    if pooling.exists():
        modes = [name for name, on in read_json(pooling).items() if name.startswith("pooling_mode_") and on is True]
        need(modes == ["pooling_mode_mean_tokens"], f"its vector is no mean of its tokens: {', '.join(modes)}")


def check_prefix(folder, prefix):
    """What is to stand before each text."""
    path = folder / "config_sentence_transformers.json"
    prompts = read_json(path).get("prompts", {}) if path.exists() else {}
    wanted = sorted({prompt for prompt in prompts.values() if prompt})
    if prefix is None:
        need(not wanted, f"it wants something before each text, one of {wanted}: say which with --prefix")
        return ""
    need(len(prefix.encode()) <= PREFIX_BYTES_MAX and prefix.isprintable(), f"a prefix is a text of at most {PREFIX_BYTES_MAX} bytes")
    return prefix


def steps(part):
    """The kinds of steps of a tokeniser's part, with those inside others."""
    if part is None:
        return []
    inner = part.get("normalizers", part.get("pretokenizers"))
    return [part] if inner is None else [step for one in inner for step in steps(one)]


def word_pieces(tokenizer):
    model = tokenizer["model"]
    normal = steps(tokenizer.get("normalizer"))
    need([step["type"] for step in normal] == ["BertNormalizer"], "its word pieces are not BERT's")
    need(normal[0].get("lowercase") is True, "its word pieces have large letters (a cased model)")
    need(normal[0].get("strip_accents") in (None, True), "its word pieces have accents")
    need(model.get("continuing_subword_prefix", "##") == "##", "its pieces inside words are not marked with ##")
    by_number = sorted(model["vocab"].items(), key=lambda item: item[1])
    need([number for _, number in by_number] == list(range(len(by_number))), "its pieces are not numbered one after the other")
    pieces = [piece for piece, _ in by_number]
    return pieces, pieces


def unigram(tokenizer):
    model = tokenizer["model"]
    need(not model.get("byte_fallback"), "its unknown letters are bytes (byte_fallback)")
    kinds = {step["type"] for step in steps(tokenizer.get("normalizer"))}
    other = kinds - {"Precompiled", "Nmt", "NFKC", "Replace", "Strip"}
    need(not other, f"its letters are changed in a way that the program does not have: {', '.join(sorted(other))}")
    before = {step["type"] for step in steps(tokenizer.get("pre_tokenizer"))}
    need("Metaspace" in before and before <= {"Metaspace", "WhitespaceSplit"}, f"its words are not cut at spaces: {', '.join(sorted(before))}")
    pieces = [piece for piece, _ in model["vocab"]]
    need(model.get("unk_id") is not None and pieces[model["unk_id"]] == "<unk>", "its unknown piece is not <unk>")
    return pieces, [f"{piece}\t{score!r}" for piece, score in model["vocab"]]


def vocabulary(tokenizer):
    """The lines of vocab.txt."""
    kind = tokenizer["model"].get("type")
    need(kind in MARKS, f"its vocabulary is {kind}, not WordPiece or Unigram")
    pieces, lines = word_pieces(tokenizer) if kind == "WordPiece" else unigram(tokenizer)
    begin, end, unknown = MARKS[kind]
    missing = [mark for mark in (begin, end, unknown) if mark not in pieces]
    need(not missing, f"its vocabulary has no {', '.join(missing)}")
    frame = json.dumps(tokenizer.get("post_processor"))
    need(json.dumps(begin) in frame and json.dumps(end) in frame, f"it does not frame a text with {begin} and {end}")
    odd = [piece for piece in pieces if not piece or any(c in piece for c in "\t\n\r")]
    need(not odd, f"{len(odd)} of its pieces are empty or have a tab or a line's end in them")
    return lines


def without_prefix(all_of):
    """Names as BERT's own are: a model may be published inside another."""
    for prefix in ("", "bert.", "roberta.", "0.auto_model."):
        if prefix + "embeddings.word_embeddings.weight" in all_of:
            return {name.removeprefix(prefix): array for name, array in all_of.items()}
    refuse("model.safetensors has no embeddings.word_embeddings.weight")


def check_tensors(all_of, layers, pieces, first_place):
    names = ["embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight", "embeddings.LayerNorm.weight"]
    for n in range(layers):
        attention, first, forward, second = layer_names(n)
        names += [name + part for name in (*attention, first, *forward, second) for part in (".weight", ".bias")]
    missing = [name for name in names if name not in all_of]
    need(not missing, f"model.safetensors has no {', '.join(missing[:3])}")
    need(all_of[names[0]].shape[0] >= first_place + 2, "it has no places for a text")
    rows = all_of["embeddings.word_embeddings.weight"].shape[0]
    need(rows >= pieces, f"it has {rows} rows for {pieces} pieces")
    need(all(np.isfinite(array).all() for array in all_of.values()), "some of its numbers are none")


TEXTS = [
    "", "   ", "hello", "How do I return my boots?", "Ich möchte mit einem Menschen sprechen, bitte. Die Größe passt nicht.",
    "where's my order #4711-A, it was due on 24/12!", "a\tb\nc\r\nd", "zero\u200bwidth\u00adhyphen", "ﬁne ½ ① Ⅷ ﷺ", "Привет, где мой заказ?",
    "我想退货", "日本語のテキスト and English", "re\u0301sume\u0301 résumé", "\U0001f621\U0001f621 so angry", "control\u0007\ufffd\ufeffend", "▁▁ under▁score",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "The server ends with the conversation that the customer closed, and an agent takes the next one.",
    "Rücksendungen, Gutscheine und Lieferzeiten: wer weiß das?", "ÀÉÎÕÜ ñ ç ß œ İstanbul ǅ", "x" * 120,
]


def reference():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    root = HERE.parent.parent
    lines = [line for path in ("README.md", "docs/bot.md", "server/src/bot/rules/de.toml") for line in (root / path).read_text().splitlines()]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    marks = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(lines, trainers.UnigramTrainer(vocab_size=600, special_tokens=marks, unk_token="<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 2)])
    pieces = vocabulary(json.loads(tokenizer.to_str()))
    rows = [json.dumps({"text": text, "ids": tokenizer.encode(text).ids}) for text in TEXTS]
    texts = ",\n".join(rows)
    (HERE.parent / "tests" / "unigram.json").write_text(f'{{"pieces": {json.dumps(pieces)},\n"texts": [\n{texts}\n]}}\n')


def main():
    if sys.argv[1:] == ["--reference"]:
        return reference()
    given = sys.argv[1:]
    prefix = None
    if len(given) == 4 and given[2] == "--prefix":
        prefix = given[3]
    elif len(given) != 2:
        sys.exit(__doc__)
    published, folder = map(pathlib.Path, given[:2])
    prefix = check_prefix(published, prefix)
    heads, layers, first_place = check_shape(read_json(published / "config.json"))
    check_pooling(published)
    lines = vocabulary(read_json(published / "tokenizer.json"))
    try:
        all_of = without_prefix(tensors((published / "model.safetensors").read_bytes()))
    except OSError as error:
        refuse(f"{error}")
    except KeyError as error:
        refuse(f"model.safetensors holds numbers of the kind {error}, not F32 or F16")
    check_tensors(all_of, layers, len(lines), first_place)
    made = model_file(all_of, layers, heads, len(lines), first_place)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.bin").write_bytes(made)
    (folder / "vocab.txt").write_bytes(("\n".join(lines) + "\n").encode())
    about = folder / "encoder.toml"
    if prefix:
        about.write_text(f"prefix = {json.dumps(prefix, ensure_ascii=False)}\n", encoding="utf-8")
    else:
        about.unlink(missing_ok=True)
    print(f"{folder}: {len(lines)} pieces, {layers} layers, {len(made)} bytes")


if __name__ == "__main__":
    main()
