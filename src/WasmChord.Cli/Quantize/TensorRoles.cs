using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>
/// Which tensors are quantized, and what they do. Source of the names: <c>tensor_allows_quantization</c> and
/// <c>tensor_get_category</c> in llama.cpp's <c>llama-quant.cpp</c>.
/// </summary>
internal static class TensorRoles
{
    // Small, or sensitive, or not multiplied: these stay as they are.
    private static readonly string[] s_kept =
    [
        "_norm.weight", "ffn_gate_inp.weight", "ffn_gate_tid2eid.weight", "altup", "laurel", "per_layer_model_proj",
        "ssm_conv1d", "shortconv.conv.weight", "indexer.k_proj.weight", "indexer.q_proj.weight",
        "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight",
        "time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight",
        "time_mix_a2.weight", "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight",
        "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight", "attn_rel_b.weight", ".position_embd", "sam.pos_embd",
        "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd", ".patch_merger", "a.rvq.codebook", "mm.a.code_embd",
    ];

    private static readonly (string Part, TensorRole Role)[] s_parts =
    [
        ("attn_qkv.weight", TensorRole.AttentionValue), ("attn_kv_b.weight", TensorRole.AttentionValue),
        ("attn_v.weight", TensorRole.AttentionValue), ("attn_k.weight", TensorRole.AttentionKey),
        ("attn_output.weight", TensorRole.AttentionOutput), ("ffn_down", TensorRole.FeedForwardDown),
    ];

    /// <summary>True for matrices of weights that may take another type.</summary>
    public static bool CanQuantize(TensorInfo tensor) =>
        tensor.Shape.RowCount > 1
        && tensor.Name.EndsWith("weight", StringComparison.Ordinal)
        && tensor.Name is not ("position_embd.weight" or "token_types.weight")
        && !Array.Exists(s_kept, part => tensor.Name.Contains(part, StringComparison.Ordinal))
        && (GgmlTypeTraits.For(tensor.Type).IsQuantized || tensor.Type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.F64);

    /// <summary>What a tensor does.</summary>
    public static TensorRole Of(string name)
    {
        if (name == "output.weight") return TensorRole.Output;
        if (name is "token_embd.weight" or "per_layer_token_embd.weight") return TensorRole.Embedding;
        foreach ((string part, TensorRole role) in s_parts)
            if (name.Contains(part, StringComparison.Ordinal)) return role;
        return TensorRole.Other;
    }
}
