"""What metadata would say of a listing that has none, worked out from its shapes (in GGUF's order)."""


def metadata(architecture, tensors):
    shape = {name: axes for name, axes, _ in tensors}
    blocks = sorted({int(n.split(".")[1]) for n in shape if n.startswith("blk.")})
    out = [("general.architecture", "text", architecture)]

    def put(key, value):
        if value is not None:
            out.append((f"{architecture}.{key}", "u32", value))

    def first(tail, axis):  # of the first block that has it
        for b in blocks:
            axes = shape.get(f"blk.{b}.{tail}.weight")
            if axes:
                return axes[axis]
        return None

    def number_of(tail):
        return sum(f"blk.{b}.{tail}.weight" in shape for b in blocks)

    put("embedding_length", shape["token_embd.weight"][0])
    put("block_count", len(blocks))
    put("feed_forward_length", first("ffn_up", 1))
    if number_of("nextn.eh_proj"):
        put("nextn_predict_layers", number_of("nextn.eh_proj"))
    if number_of("ffn_up_exps"):
        put("expert_count", first("ffn_up_exps", 2))
        put("expert_feed_forward_length", first("ffn_up_exps", 1))
        put("expert_gating_func", 2 if any("exp_probs_b" in n for n in shape) else 1)
        if number_of("ffn_up"):
            put("leading_dense_block_count", number_of("ffn_up"))
        if number_of("ffn_up_shexp"):
            put("expert_shared_count", first("ffn_up_shexp", 1) // first("ffn_up_exps", 1))
            put("expert_shared_feed_forward_length", first("ffn_up_shexp", 1))
    if number_of("attn_kv_a_norm"):
        rank = first("attn_kv_a_norm", 0)
        rope = first("attn_kv_a_mqa", 1) - rank
        whole = first("attn_kv_b", 1)
        if whole:  # heads*(nope + v); the output takes heads*v, the queries are heads*(nope + rope)
            nopes = whole - first("attn_output", 0)
            heads = ((first("attn_q_b", 1) or first("attn_q", 1)) - nopes) // rope
            kb = nopes // heads
        else:
            kb, _, heads = shape[f"blk.{blocks[0]}.attn_k_b.weight"]
        put("attention.head_count", heads)
        put("attention.head_count_kv", 1)
        put("attention.kv_lora_rank", rank)
        put("attention.q_lora_rank", first("attn_q_a_norm", 0))
        put("attention.key_length_mla", kb + rope)
        put("attention.value_length_mla", first("attn_output", 0) // heads)
        put("rope.dimension_count", rope)
    else:
        width = first("attn_q_norm", 0) or 128
        gate = 2 if architecture in ("qwen35", "qwen35moe") else 1  # its queries stand beside their gates
        put("attention.head_count", first("attn_q", 1) // width // gate)
        put("attention.head_count_kv", first("attn_k", 1) // width)
        put("attention.key_length", width)
    if number_of("ssm_norm"):
        state, inner = first("ssm_norm", 0), first("ssm_out", 0)
        put("ssm.conv_kernel", first("ssm_conv1d", 0))
        put("ssm.state_size", state)
        put("ssm.inner_size", inner)
        put("ssm.time_step_rank", inner // state)
        put("ssm.group_count", (first("ssm_conv1d", 1) - inner) // 2 // state)
        put("full_attention_interval", 4)
    return out
