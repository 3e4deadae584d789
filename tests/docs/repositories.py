"""Small repositories of many kinds, written as their libraries write them."""
import collections
import io
import json
import math
import pickle
import struct
import sys
import types
import zipfile


def tensors(path, shapes, dtype="F16"):
    """A safetensors file with these tensors; sparse, so it takes no space."""
    size = {"F16": 2, "BF16": 2, "F32": 4, "I32": 4, "U8": 1, "I8": 1, "F8_E4M3": 1, "I64": 8}
    header, at = {}, 0
    for name, shape in shapes.items():
        kind, shape = (shape[0], shape[1:]) if shape and isinstance(shape[0], str) else (dtype, shape)
        count = 1
        for axis in shape:
            count *= axis
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + count * size[kind]]}
        at += count * size[kind]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.truncate(8 + len(text) + at)


def shapes_of(path):
    """What tensors() wrote, without dtypes."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return {name: t["shape"] for name, t in header.items() if name != "__metadata__"}


def document(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2))


def linear(name, rows, columns, bias=True):
    return {f"{name}.weight": [rows, columns], **({f"{name}.bias": [rows]} if bias else {})}


def norm(name, width):
    return {f"{name}.weight": [width], f"{name}.bias": [width]}


def clip_text(width, layers):
    out = {"text_model.embeddings.token_embedding.weight": [1000, width], "text_model.embeddings.position_embedding.weight": [77, width]}
    for i in range(layers):
        at = f"text_model.encoder.layers.{i}"
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            out |= linear(f"{at}.self_attn.{part}", width, width)
        out |= norm(f"{at}.layer_norm1", width) | norm(f"{at}.layer_norm2", width)
        out |= linear(f"{at}.mlp.fc1", 4 * width, width) | linear(f"{at}.mlp.fc2", width, 4 * width)
    return out | norm("text_model.final_layer_norm", width)


def unet(width, depth, context):
    out = {"conv_in.weight": [width, 4, 3, 3], "conv_in.bias": [width]}
    for i in range(depth):
        at = f"down_blocks.{i}"
        out |= norm(f"{at}.resnets.0.norm1", width) | {f"{at}.resnets.0.conv1.weight": [width, width, 3, 3], f"{at}.resnets.0.conv1.bias": [width]}
        block = f"{at}.attentions.0.transformer_blocks.0"
        for attention, keys in (("attn1", width), ("attn2", context)):
            out |= linear(f"{block}.{attention}.to_q", width, width, False) | linear(f"{block}.{attention}.to_k", width, keys, False)
            out |= linear(f"{block}.{attention}.to_v", width, keys, False) | linear(f"{block}.{attention}.to_out.0", width, width)
    return out | {"conv_out.weight": [4, width, 3, 3], "conv_out.bias": [4]}


def diffusion(folder, width=64, depth=3, context=48, steps="PNDMScheduler", extra=()):
    """A diffusers pipeline: text encoder, unet, vae, scheduler, tokenizer; `extra` names listed and left out."""
    index = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30.0", "requires_safety_checker": False,
             "scheduler": ["diffusers", steps], "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
             "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"], "safety_checker": [None, None]}
    document(folder / "model_index.json", index | {name: ["diffusers", kind] for name, kind in extra})
    document(folder / "scheduler/scheduler_config.json", {"_class_name": steps, "_diffusers_version": "0.30.0", "beta_end": 0.012})
    document(folder / "tokenizer/tokenizer_config.json", {"model_max_length": 77})
    document(folder / "text_encoder/config.json", {"model_type": "clip_text_model", "architectures": ["CLIPTextModel"], "hidden_size": context,
                                                   "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 4 * context, "vocab_size": 1000})
    tensors(folder / "text_encoder/model.safetensors", clip_text(context, 2))
    document(folder / "unet/config.json", {"_class_name": "UNet2DConditionModel", "cross_attention_dim": context, "in_channels": 4})
    tensors(folder / "unet/diffusion_pytorch_model.safetensors", unet(width, depth, context), "F32")
    tensors(folder / "unet/diffusion_pytorch_model.fp16.safetensors", unet(width, depth, context), "F16")
    document(folder / "vae/config.json", {"_class_name": "AutoencoderKL", "latent_channels": 4})
    tensors(folder / "vae/diffusion_pytorch_model.safetensors", {"encoder.conv_in.weight": [32, 3, 3, 3], "encoder.conv_in.bias": [32],
                                                                 "quant_conv.weight": [8, 8, 1, 1], "quant_conv.bias": [8]})


def bert(width, layers, prefix=""):
    out = {f"{prefix}embeddings.word_embeddings.weight": [500, width], f"{prefix}embeddings.position_embeddings.weight": [64, width],
           f"{prefix}embeddings.token_type_embeddings.weight": [2, width]} | norm(f"{prefix}embeddings.LayerNorm", width)
    for i in range(layers):
        at = f"{prefix}encoder.layer.{i}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            out |= linear(f"{at}.{part}", width, width)
        out |= norm(f"{at}.attention.output.LayerNorm", width) | norm(f"{at}.output.LayerNorm", width)
        out |= linear(f"{at}.intermediate.dense", 4 * width, width) | linear(f"{at}.output.dense", width, 4 * width)
    return out | linear(f"{prefix}pooler.dense", width, width)


def sentence_transformer(folder, width=32, pooling="mean", dense=16):
    document(folder / "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
        {"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}])
    document(folder / "config.json", {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": width, "num_hidden_layers": 2, "num_attention_heads": 4,
                                      "intermediate_size": 4 * width, "vocab_size": 500, "max_position_embeddings": 64, "type_vocab_size": 2})
    tensors(folder / "model.safetensors", bert(width, 2), "F32")
    document(folder / "1_Pooling/config.json", {"word_embedding_dimension": width, "pooling_mode_cls_token": pooling == "cls", "pooling_mode_mean_tokens": pooling == "mean"})
    document(folder / "2_Dense/config.json", {"in_features": width, "out_features": dense, "bias": True})
    tensors(folder / "2_Dense/model.safetensors", linear("linear", dense, width), "F32")


def lora(folder, layers=2, width=64, rank=8, base="org/base-model"):
    document(folder / "adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": base, "r": rank, "lora_alpha": 16, "target_modules": ["q_proj", "v_proj"]})
    shapes = {}
    for i in range(layers):
        for part, rows in (("q_proj", width), ("v_proj", width // 2)):
            at = f"base_model.model.model.layers.{i}.self_attn.{part}"
            shapes |= {f"{at}.lora_A.weight": [rank, width], f"{at}.lora_B.weight": [rows, rank]}
    tensors(folder / "adapter_model.safetensors", shapes, "F32")


def llama(folder, width=64, layers=2, ffn=128, vocab=256):
    document(folder / "config.json", {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": 4,
                                      "num_key_value_heads": 2, "intermediate_size": ffn, "vocab_size": vocab, "rms_norm_eps": 1e-6, "torch_dtype": "bfloat16",
                                      "max_position_embeddings": 2048, "tie_word_embeddings": False})
    shapes = {"model.embed_tokens.weight": [vocab, width], "model.norm.weight": [width], "lm_head.weight": [vocab, width]}
    for i in range(layers):
        at = f"model.layers.{i}"
        shapes |= {f"{at}.input_layernorm.weight": [width], f"{at}.post_attention_layernorm.weight": [width]}
        for part, rows, columns in (("self_attn.q_proj", width, width), ("self_attn.k_proj", width // 2, width), ("self_attn.v_proj", width // 2, width),
                                    ("self_attn.o_proj", width, width), ("mlp.gate_proj", ffn, width), ("mlp.up_proj", ffn, width), ("mlp.down_proj", width, ffn)):
            shapes[f"{at}.{part}.weight"] = [rows, columns]
    tensors(folder / "model.safetensors", shapes, "BF16")


def torch_checkpoint(path, shapes):
    """What torch.save writes, without PyTorch: a pickle that names storages, in a ZIP archive with their bytes."""
    modules = {name: types.ModuleType(name) for name in ("torch", "torch._utils")}
    modules["torch"].FloatStorage = type("FloatStorage", (), {"__module__": "torch"})

    def rebuild(*_):
        pass
    rebuild.__module__, rebuild.__name__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2", "_rebuild_tensor_v2"
    modules["torch._utils"]._rebuild_tensor_v2 = rebuild

    class Storage:
        def __init__(self, key, elements):
            self.key, self.elements = key, elements

    class Tensor:
        def __init__(self, key, shape):
            self.storage, self.shape = Storage(key, math.prod(shape)), tuple(shape)

        def __reduce__(self):
            stride = tuple(math.prod(self.shape[i + 1:]) for i in range(len(self.shape)))
            return rebuild, (self.storage, 0, self.shape, stride, False, collections.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return ("storage", modules["torch"].FloatStorage, value.key, "cpu", value.elements) if isinstance(value, Storage) else None

    known = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        out = io.BytesIO()
        Pickler(out, 2).dump(collections.OrderedDict((name, Tensor(str(i), shape)) for i, (name, shape) in enumerate(shapes.items())))
    finally:
        for name, module in known.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", out.getvalue())
        for i, shape in enumerate(shapes.values()):
            archive.writestr(f"archive/data/{i}", bytes(4 * math.prod(shape)))
        archive.writestr("archive/version", "3\n")
