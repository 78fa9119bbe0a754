using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>The host functions by module and name: the one place that ties the interface of <c>docs/GUESTS.md</c> to code.</summary>
internal sealed class HostFunctions(GuestContext guest)
{
    /// <summary>Module of the functions that copy.</summary>
    public const string BridgeModule = "env";

    /// <summary>Module of everything else.</summary>
    public const string Module = "wasmchord";

    private readonly BridgeFunctions _bridge = new(guest);
    private readonly WeightFunctions _weights = new(guest);
    private readonly KernelFunctions _kernels = new(guest);

    /// <summary>Makes a function for a Store; null where there is none of that name.</summary>
    public Function? Create(Store store, string module, string name) => module switch
    {
        BridgeModule => CreateBridge(store, name),
        Module => CreateWeights(store, name) ?? CreateKernel(store, name),
        _ => null,
    };

    private Function? CreateBridge(Store store, string name) => name switch
    {
        "memory64_is_enabled" => Function.FromCallback(store, _bridge.IsEnabled),
        "memory64_load_layer" => Function.FromCallback<int, int, int, int>(store, _bridge.LoadLayer),
        "memory64_read" => Function.FromCallback<long, int, int, int>(store, _bridge.Read),
        "memory64_stats" => Function.FromCallback(store, _bridge.Stats),
        "memory64_stats_ex" => Function.FromCallback<int, int, int>(store, _bridge.StatsEx),
        _ => null,
    };

    private Function? CreateWeights(Store store, string name) => name switch
    {
        "layer_count" => Function.FromCallback(store, _weights.LayerCount),
        "layer_acquire" => Function.FromCallback<int, int, long>(store, _weights.LayerAcquire),
        "layer_release" => Function.FromCallback<int, int>(store, _weights.LayerRelease),
        "layer_bytes" => Function.FromCallback<int, long>(store, _weights.LayerBytes),
        "layer_tensor" => Function.FromCallback<int, int, int, int, int>(store, _weights.LayerTensor),
        "layer_tensor_at" => Function.FromCallback<int, int, int, int>(store, _weights.LayerTensorAt),
        "metadata_number" => Function.FromCallback<int, int, int, int>(store, _weights.MetadataNumber),
        "metadata_text" => Function.FromCallback<int, int, int, int, int>(store, _weights.MetadataText),
        "weights_read" => Function.FromCallback<long, int, int, int>(store, _weights.WeightsRead),
        "log" => Function.FromCallback<int, int, int>(store, _weights.Log),
        _ => null,
    };

    private Function? CreateKernel(Store store, string name) => name switch
    {
        "tensor_dequantize" => Function.FromCallback<long, int, int, int, int>(store, _kernels.TensorDequantize),
        "matvec" => Function.FromCallback<long, int, int, int, int, int, int>(store, _kernels.MatVec),
        "rms_norm" => Function.FromCallback<int, int, int, float, int, int>(store, _kernels.RmsNorm),
        "rope" => Function.FromCallback<int, int, int, int, int, float, int, int>(store, _kernels.Rope),
        "softmax" => Function.FromCallback<int, int, int>(store, _kernels.SoftMax),
        "silu_multiply" => Function.FromCallback<int, int, int, int, int>(store, _kernels.SiluMultiply),
        _ => null,
    };
}
