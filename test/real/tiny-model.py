"""Makes a tiny model of random weights: `tiny-model.py FOLDER`.

Of Qwen2's architecture, 80 MB, so that a token takes some milliseconds and streams are streams, with a
tokenizer that is trained on the spot and a chat template with tools. FOLDER gets what transformers and vLLM load, and `tiny.gguf` for llama.cpp. What it says
means nothing, but with temperature 0 it is readable ASCII, the same in every engine that has the same
arithmetic, and it goes on until `max_tokens`. Nothing is downloaded.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = Path(sys.argv[1])
HIDDEN, LAYERS, HEADS, FEED_FORWARD, CONTEXT = 512, 8, 8, 1024, 4096
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = Path(__file__).with_name("chat-template.jinja").read_text()


def train_tokenizer() -> Tokenizer:
    """Byte-level pairs over the words of Python's own documentation strings."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1024,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [vars(module).get("__doc__") or "" for module in list(sys.modules.values())]
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def draw_weights(tokens: list[str]) -> dict[str, numpy.ndarray]:
    """By the names of transformers. No token but one of ASCII text is ever the likeliest."""
    random = numpy.random.default_rng(1)

    def draw(*shape: int, scale: float = 0.02) -> numpy.ndarray:
        return (random.standard_normal(shape) * scale).astype(numpy.float32)

    head = draw(len(tokens), HIDDEN, scale=0.3)
    for index, token in enumerate(tokens):
        # The alphabet of bytes writes a space as Ġ; everything else beyond ASCII is no text of its own.
        if token in SPECIAL or not token.replace("Ġ", "").isascii():
            head[index] = 0
    weights = {
        "model.embed_tokens.weight": draw(len(tokens), HIDDEN, scale=1),
        "model.norm.weight": numpy.ones(HIDDEN, numpy.float32),
        "lm_head.weight": head,
    }
    for layer in range(LAYERS):
        name = f"model.layers.{layer}"
        for part in "qkv":
            weights[f"{name}.self_attn.{part}_proj.weight"] = draw(HIDDEN, HIDDEN)
            weights[f"{name}.self_attn.{part}_proj.bias"] = draw(HIDDEN)
        weights[f"{name}.self_attn.o_proj.weight"] = draw(HIDDEN, HIDDEN)
        weights[f"{name}.mlp.gate_proj.weight"] = draw(FEED_FORWARD, HIDDEN)
        weights[f"{name}.mlp.up_proj.weight"] = draw(FEED_FORWARD, HIDDEN)
        weights[f"{name}.mlp.down_proj.weight"] = draw(HIDDEN, FEED_FORWARD)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{name}.{norm}.weight"] = numpy.ones(HIDDEN, numpy.float32)
    return weights


def write_transformers(tokenizer: Tokenizer, weights: dict[str, numpy.ndarray]) -> None:
    end = tokenizer.token_to_id("<|im_end|>")
    documents = {
        "config.json": {
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "hidden_size": HIDDEN,
            "intermediate_size": FEED_FORWARD,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "num_key_value_heads": HEADS,
            "max_position_embeddings": CONTEXT,
            "vocab_size": tokenizer.get_vocab_size(),
            "tie_word_embeddings": False,
            "rms_norm_eps": 1e-6,
            "eos_token_id": end,
            "dtype": "float32",
        },
        "generation_config.json": {"eos_token_id": end},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "model_max_length": CONTEXT,
            "chat_template": TEMPLATE,
        },
    }
    for name, document in documents.items():
        (FOLDER / name).write_text(json.dumps(document, indent=2))
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    save_file(weights, FOLDER / "model.safetensors", metadata={"format": "pt"})


def write_gguf(tokenizer: Tokenizer, tokens: list[str], weights: dict[str, numpy.ndarray]) -> None:
    writer = gguf.GGUFWriter(FOLDER / "tiny.gguf", "qwen2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control if token in SPECIAL else normal for token in tokens])
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_eos_token_id(tokenizer.token_to_id("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, LAYERS)
    for name, tensor in weights.items():
        stem, _, kind = name.rpartition(".")
        writer.add_tensor(f"{names.get_name(stem)}.{kind}", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer()
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    weights = draw_weights(tokens)
    write_transformers(tokenizer, weights)
    write_gguf(tokenizer, tokens, weights)


main()
