using Wasmtime;

namespace WasmChord.Memory64;

public sealed partial class Guest
{
    private const string MemoryName = "memory";

    // The weights are bound before limits are set: they are not the guest's memory.
    private void Link()
    {
        HostFunctions functions = new(_context);
        Memory? weights = null;
        object[] imports = new object[_module.Compiled.Imports.Count];
        for (int i = 0; i < imports.Length; i++)
        {
            Import import = _module.Compiled.Imports[i];
            if (import is { ModuleName: HostFunctions.Module, Name: WeightsEngine.MemoryName } and MemoryImport)
                imports[i] = weights ??= BindWeights();
            else
                imports[i] = Resolve(functions, import);
        }

        int bound = weights is null ? 0 : 1;
        _store.SetLimits(_limits.MemoryBytes, (uint)_limits.TableElements, 1 + bound, _limits.Tables, _limits.Memories + bound);
        // The Store bounds each memory; the account bounds all of them.
        using HostMemory.Charge charge = HostMemory.ChargeTo(new MemoryAccount(_limits.MemoryBytes));
        Instance instance = new(_store, _module.Compiled, imports);
        _context.Memory.Attach(instance.GetMemory(MemoryName), _module.Info.MemoryExportIsWeights);
        _instance = instance;
    }

    private Memory BindWeights()
    {
        if (_context.Weights is not { } model)
            throw new GuestCallException(GuestEnd.NotLinked, "it imports wasmchord.weights, and was given no model");
        if (model.Regions.Count != 1)
        {
            throw new GuestCallException(GuestEnd.NotLinked,
                $"it imports wasmchord.weights, and the model's image has {model.Regions.Count} regions: open it with regions = single");
        }

        return _engine.Weights.Bind(_store, model.Regions[0]);
    }

    private Function Resolve(HostFunctions functions, Import import)
    {
        if (import is not FunctionImport wanted || functions.Create(_store, import.ModuleName, import.Name) is not { } function)
            throw new GuestCallException(GuestEnd.NotLinked, $"it imports {GuestText.Name(import.ModuleName)}.{GuestText.Name(import.Name)}, which the host does not have");
        if (!function.Parameters.SequenceEqual(wanted.Parameters) || !function.Results.SequenceEqual(wanted.Results))
        {
            throw new GuestCallException(GuestEnd.NotLinked,
                $"it imports {import.ModuleName}.{import.Name} as {Signature(wanted.Parameters, wanted.Results)}; the host has {Signature(function.Parameters, function.Results)}");
        }

        return function;
    }

    private static string Signature(IReadOnlyList<ValueKind> parameters, IReadOnlyList<ValueKind> results) =>
        $"({string.Join(", ", parameters)}) -> ({string.Join(", ", results)})".ToLowerInvariant();
}
